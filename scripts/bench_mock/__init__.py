"""Measures the mock against Prism, and the mock's own promises about start, stop, memory and the size of its state."""
