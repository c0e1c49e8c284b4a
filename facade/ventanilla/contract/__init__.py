"""Holds a server to one of the three specs."""
