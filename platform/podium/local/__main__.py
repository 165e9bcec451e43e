"""The command line of one-machine life: `python -m podium.local run | exec -- COMMAND | clean`."""

import argparse
import sys

from podium.local import commands


def main(arguments: list[str]) -> int:
    """Parse the arguments, run the command, return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m podium.local", description=__doc__)
    chosen = parser.add_subparsers(dest="command", required=True)
    chosen.add_parser("run", help="run the site in the foreground (make run)")
    chosen.add_parser("clean", help="remove the data folder (make clean-data)")
    beside = chosen.add_parser(
        "exec", help="run a command beside a throw-away PostgreSQL and valkey (make test)"
    )
    beside.add_argument(
        "--fresh", action="store_true", help="even if DATABASE_URL and BROKER_URL are set"
    )
    beside.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMAND …")
    parsed = parser.parse_args(arguments)
    if parsed.command == "run":
        return commands.run()
    if parsed.command == "clean":
        return commands.clean()
    words = parsed.words[1:] if parsed.words[:1] == ["--"] else parsed.words
    if not words:
        beside.error("name a command: exec -- pytest")
    return commands.execute(words, fresh=parsed.fresh)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
