"""The generated clients of Syncfy, Facti and Factura Online, written by scripts/generate.py: do not edit."""
