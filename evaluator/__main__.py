"""`python -m evaluator`: the command line, also installed as `podium-evaluate`."""

import sys

from evaluator.cli.commands import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
