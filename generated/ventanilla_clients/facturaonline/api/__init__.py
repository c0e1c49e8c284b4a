"""The operations, one package for each tag."""
