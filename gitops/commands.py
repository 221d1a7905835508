"""Runs pulumi and ecs-release for the script: what they print, and their JSON. Imports nothing of ours."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# The stock provider colours its errors, terminal or not.
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and all that it printed."""

    code: int
    printed: str

    @property
    def json(self) -> Any:
        """What it printed as JSON; None when it is none."""
        try:
            return json.loads(self.printed)
        except ValueError:
            return None


class Commands:
    """Commands on one stack in one environment."""

    def __init__(self, stack: str, environment: Mapping[str, str]) -> None:
        self.stack = stack
        self.environment = environment

    def asked(self, *command: str) -> Done:
        """A question about the stack: its answer is read here, and what it says beside that is shown."""
        return self._answer(self._whole(command))

    def asked_of_project(self, *command: str) -> Done:
        """A question about all stacks."""
        return self._answer(command)

    def _answer(self, command: Sequence[str]) -> Done:
        done = subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, text=True, check=False)
        return Done(done.returncode, _plain(done.stdout))

    def told(self, *command: str, **environment: str) -> Done:
        """An action: everything is shown while it happens, and kept."""
        lines = []
        with subprocess.Popen(
            self._whole(command),
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            for line in process.stdout or ():
                sys.stdout.write(line)
                sys.stdout.flush()
                lines.append(line)
        return Done(process.returncode, _plain("".join(lines)))

    def _whole(self, command: Sequence[str]) -> list[str]:
        quiet = ["--non-interactive"] if command[0] == "pulumi" else []
        return [*command, "--stack", self.stack, *quiet]


def _plain(text: str) -> str:
    return _COLOUR.sub("", text)
