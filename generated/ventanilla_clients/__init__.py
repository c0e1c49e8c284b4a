"""The generated clients of Syncfy, Facti, Factura Online and the mock's control API, written by scripts/generate.py: do not edit."""
