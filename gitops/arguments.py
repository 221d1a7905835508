"""The script's commands and options. Standard library only: it is read before anything is set up."""

from __future__ import annotations

import argparse

COMMANDS = {
    "stacks": "the stacks of the project as a JSON list, without the local one",
    "preview": "what `up` would do, and what a destroy would do now, as Markdown; changes nothing",
    "plan": "what a destroy would do now, as Markdown, with the digests that approve it; changes nothing",
    "up": "brings the stack to what its file declares",
    "check": "whether cloud, state and file agree and all schedules stand; changes nothing",
    "destroy": "ends everything that the stack has; fails when anything is left",
    "new": "makes a stack and its file from those of another",
    "end": "removes a stack that has nothing left, and its file",
}
EXIT_CODES = (
    "Exit codes: 0 done; 1 error; 2 usage; 10 refused; 12 cloud, state and file do not agree;"
    " 13 something is left."
)


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command with its options; a wrong one ends the process with 2."""
    parser = argparse.ArgumentParser(prog="python3 -m gitops", description=EXIT_CODES)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, about in COMMANDS.items():
        _add_options(name, commands.add_parser(name, help=about, description=about))
    return parser.parse_args(arguments)


def _add_options(name: str, parser: argparse.ArgumentParser) -> None:
    if name == "stacks":
        parser.add_argument("--except", dest="without", default="", help="names to leave out, with commas")
        return
    parser.add_argument("--stack", required=True)
    if name == "up":
        parser.add_argument(
            "--refresh", action="store_true", help="look first: makes members anew that were released"
        )
    if name == "destroy":
        parser.add_argument(
            "--remove", action="store_true", help="remove the empty stack from the backend too"
        )
    if name == "new":
        parser.add_argument("--from", dest="example", default="dev", help="the stack whose file is taken")
