"""`python3 -m toolchain` sets all up, `env` prints where it is (KEY=value), `browser` gets a browser.

`hosts` gets the language hosts for YAML and TypeScript, and prints where all is with them. `clients` gets the
clients that the pages of docs/emulator use.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from pathlib import Path

from . import browser, client_sdks, clients, language_hosts, wheels
from .errors import ToolchainError
from .place import Place, this_place
from .process import say
from .setup import Tools, ensure, recorded


def main() -> int:
    """Run the command; a failure that we know is told in words, and the exit code is 1."""
    arguments = _parser().parse_args()
    place = this_place(os.environ)
    try:
        if arguments.command == "env":
            _print_environment(place, _recorded(place))
        elif arguments.command == "browser":
            browser.find_or_get(place)
        elif arguments.command == "clients":
            clients.find_or_get(place)
            client_sdks.find_or_get(place)
        elif arguments.command == "hosts":
            tools = ensure(place)
            folder = language_hosts.find_or_get(place, Path(tools["ECS_RELEASE_BIN"]))
            _print_environment(place, {**tools, "ECS_RELEASE_BIN": str(folder)})
        else:
            tools = ensure(place)
            wheels.find_or_get(place)
            _announce(tools)
    except ToolchainError as error:
        say(f"ERROR: {error}")
        return 1
    except KeyboardInterrupt:
        say("interrupted; what is finished is kept, run the same command again to go on")
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m toolchain", description=__doc__)
    choices = ("ensure", "env", "browser", "hosts", "clients")
    parser.add_argument("command", nargs="?", choices=choices, default="ensure", help="default: ensure")
    return parser


def _announce(tools: Tools) -> None:
    say(f"ready: pulumi and uv through {tools['ECS_RELEASE_BIN']}, PULUMI_HOME is {tools['PULUMI_HOME']}")


def _recorded(place: Place) -> Tools:
    tools = recorded(place)
    if tools is None:
        raise ToolchainError(
            "the tools are not set up",
            "nothing was recorded for this checkout, or what it was made from has changed since",
            "run `make toolchain` and try again",
        )
    return tools


def _print_environment(place: Place, tools: Tools) -> None:
    path = os.pathsep.join([tools["ECS_RELEASE_BIN"], place.environment.get("PATH", os.defpath)])
    for name, value in {**tools, "PATH": path}.items():
        print(f"{name}={shlex.quote(value)}")


if __name__ == "__main__":
    sys.exit(main())
