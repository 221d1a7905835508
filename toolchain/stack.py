"""`python3 -m toolchain.stack up --stack local`: a Pulumi command on a stack, the way `make` means it.

The `local` stack gets its emulator, its backend and the emulator's keys; `destroy` fails when
anything is left, because an interrupted `pulumi destroy` can end with 0.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import emulator_process
from .errors import ToolchainError
from .process import say

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".state"
LOCAL, LOCAL_PORT = "local", 8443
# The others have no such option: a destroy runs no program that could be judged.
JUDGED = ("up", "preview")
PACK = ("--policy-pack", "policy", "--policy-pack-config", "stacks/policy.json")
COMMANDS = ("up", "preview", "refresh", "destroy", "plan", "emulator", "clean")


def main() -> int:
    """Run one command; a failure that we know is told in words, and the exit code is 1."""
    arguments = _parser().parse_args()
    try:
        return run(arguments.command, arguments.stack, arguments.yes, arguments.policy)
    except ToolchainError as error:
        say(f"ERROR: {error}")
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m toolchain.stack", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--stack", default=LOCAL)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--policy", action="store_true", help="hold up and preview against the policy pack")
    return parser


def run(command: str, stack: str, yes: bool, policy: bool = False) -> int:
    """The exit code of one command on one stack."""
    if command == "clean":
        return _clean()
    environment = dict(os.environ)
    if stack == LOCAL or command == "emulator":
        environment |= local_environment(STATE)
        if not emulator_process.is_up(LOCAL_PORT):
            emulator_process.start(ROOT, LOCAL_PORT, STATE)
    if command == "emulator":
        say(f"the emulator listens on 127.0.0.1:{LOCAL_PORT}; `make clean` stops it")
        return 0
    if stack == LOCAL:
        create_stack(stack, environment)
    if command == "plan":
        return _call([str(ROOT / ".venv" / "bin" / "ecs-release"), "plan", "--stack", stack], environment)
    asked = ["--yes"] if (yes or stack == LOCAL) and command != "preview" else []
    judged = PACK if policy and command in JUDGED else ()
    return _pulumi(command, stack, [*asked, *judged], environment)


def local_environment(state: Path) -> dict[str, str]:
    """Backend, passphrase and the emulator's obviously false keys; nothing here reaches a real cloud."""
    state.mkdir(parents=True, exist_ok=True)
    return {
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "",
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "emulator",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "emulator",
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
    }


def create_stack(stack: str, environment: dict[str, str]) -> None:
    """Create the stack in its backend unless it is there."""
    command = ["pulumi", "stack", "select", "--create", stack, "--non-interactive"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ToolchainError(
            f"the stack {stack} cannot be selected",
            " ".join(done.stderr.split()),
            "run `make toolchain`, or remove .state if it is broken",
        )


def _pulumi(command: str, stack: str, options: list[str], environment: dict[str, str]) -> int:
    if command == "destroy":
        # A repeated destroy finds the instances gone, so its checkpoints may wait for the end.
        environment = {**environment, "PULUMI_SKIP_CHECKPOINTS": "true"}
    code = _call(["pulumi", command, "--stack", stack, *options], environment)
    return code or (_nothing_left(stack, environment) if command == "destroy" else 0)


def resources_left(stack: str, project: Path, environment: dict[str, str]) -> int:
    """How many resources are still recorded, the stack itself left out, however well the destroy ended."""
    command = ["pulumi", "stack", "export", "--stack", stack, "--non-interactive"]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=True)
    resources = json.loads(done.stdout)["deployment"].get("resources") or []
    return sum(resource["type"] != "pulumi:pulumi:Stack" for resource in resources)


def _nothing_left(stack: str, environment: dict[str, str]) -> int:
    left = resources_left(stack, ROOT, environment)
    if left:
        say(f"ERROR: {left} resources of {stack} are left; run `make destroy STACK={stack}` again")
    return 1 if left else 0


def _clean() -> int:
    stopped = emulator_process.stop(STATE)
    shutil.rmtree(STATE, ignore_errors=True)
    say(f"{'the emulator is stopped' if stopped else 'no emulator was running'}; .state is removed")
    return 0


def _call(command: list[str], environment: dict[str, str]) -> int:
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
