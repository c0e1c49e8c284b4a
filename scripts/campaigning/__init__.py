"""Runs the long campaign against the mock; `scripts/campaign --help` says how."""
