"""The script's commands, run by the project's own Python after the set-up: `python3 -m gitops` starts this.

Imports its siblings and, of the product, what signs in and what can be expected to go wrong.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from ecs_release.cli import output
from ecs_release.gateway.errors import CloudError

from . import acting, looking
from .arguments import parse
from .commands import Commands
from .files import Unusable, stacks
from .identity import signed_in

EXPECTED = (Unusable, output.Unusable, CloudError, OSError, subprocess.SubprocessError)


def main() -> int:
    """Run one command; what can be expected to go wrong is told in a line, and ends with 1."""
    arguments = parse()
    try:
        commands = Commands(arguments.stack, signed_in(arguments.stack, os.environ))
        return run(arguments, commands)
    except EXPECTED as error:
        print(f"error: {error}", file=sys.stderr)
        return looking.ERROR


def run(arguments: argparse.Namespace, commands: Commands) -> int:
    """The exit code of the command."""
    match arguments.command:
        case "new":
            return acting.new(commands, arguments.example)
        case "preview":
            return looking.preview(commands)
        case "plan":
            return looking.plan(commands)
        case "check":
            return looking.check(commands, stacks(Path()))
        case "up":
            return acting.up(commands, refresh=arguments.refresh)
        case "destroy":
            return acting.destroy(commands, remove=arguments.remove)
        case _:
            return acting.end(commands)


if __name__ == "__main__":
    sys.exit(main())
