"""Measures the generated clients and the facade against the other ways to do the same in Python."""
