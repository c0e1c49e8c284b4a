"""Runs the command line: `python -m ventanilla.cli`."""

from ventanilla.cli import main

if __name__ == "__main__":
    main()
