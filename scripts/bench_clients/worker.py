"""Takes one measurement in its own process: `python -m bench_clients.worker decode pydantic` prints it as JSON.

A side imports what it measures and nothing of the others: what is loaded is what the garbage collector walks.
"""

import importlib
import json
import sys


def main() -> None:
    """Call the function of the side in the module of the series."""
    series, side = sys.argv[1:]
    module = importlib.import_module(f"bench_clients.{series}")
    print(json.dumps({"figure": getattr(module, side)()}))


if __name__ == "__main__":
    main()
