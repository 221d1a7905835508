"""`python3 -m gitops COMMAND --stack NAME`: sets up what is missing, then runs the command.

Standard library and toolchain only, since it runs on a bare machine with the system's Python.
"""

from __future__ import annotations

import json
import os
import sys
from typing import NoReturn

from toolchain.errors import ToolchainError
from toolchain.place import Place, this_place
from toolchain.process import say
from toolchain.setup import ensure

from .arguments import parse
from .files import stacks

ERROR = 1


def main() -> int:
    """Answer from the files where they suffice, else become the command itself."""
    arguments = parse()
    place = this_place(os.environ)
    if arguments.command == "stacks":
        left_out = {"local", *arguments.without.split(",")}
        print(json.dumps([name for name in stacks(place.root) if name not in left_out]))
        return 0
    try:
        _become_the_command(place)
    except ToolchainError as error:
        say(f"ERROR: {error}")
    return ERROR


def _become_the_command(place: Place) -> NoReturn:
    environment = _environment(place)
    os.chdir(place.root)
    python = str(place.virtual_environment / "bin" / "python")
    os.execve(python, [python, "-m", "gitops.run", *sys.argv[1:]], environment)


def _environment(place: Place) -> dict[str, str]:
    tools = ensure(place)
    folders = [tools["ECS_RELEASE_BIN"], str(place.virtual_environment / "bin"), os.environ.get("PATH", "")]
    return {**os.environ, **tools, "PATH": os.pathsep.join(filter(None, folders))}


if __name__ == "__main__":
    sys.exit(main())
