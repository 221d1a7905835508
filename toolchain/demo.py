"""`make demo`: the whole story on an emulator of its own; ends with 0 only if every step went as told.

Declares three protected instances, sees a destroy refused, lifts the protection, sees the plan,
destroys, and shows what is left; after each step the emulator's own state is the judge.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import emulator_process
from .errors import ToolchainError
from .process import say
from .stack import ROOT, local_environment

STACK = "demo"
MEMBERS = 3


@dataclass(frozen=True)
class Stage:
    """Where the demo plays: a port, a folder for everything it writes, an environment."""

    port: int
    folder: Path
    environment: dict[str, str]

    @property
    def project(self) -> Path:
        """A project folder of its own, so that nothing is written into the checkout."""
        return self.folder / "project"

    @property
    def config(self) -> Path:
        """The stack's configuration, the local stack's with a port of its own."""
        return self.project / "stacks" / f"Pulumi.{STACK}.yaml"

    def state(self) -> dict[str, Any]:
        """What the emulator says of itself."""
        return dict(emulator_process.control(self.port, "state"))


def main() -> int:
    """Play the demo; whatever happens, nothing is left running."""
    with tempfile.TemporaryDirectory(prefix="ecs-release-demo-") as name:
        stage = _stage(Path(name))
        try:
            emulator_process.start(ROOT, stage.port, stage.folder)
            _play(stage)
        except ToolchainError as error:
            say(f"ERROR: {error}")
            return 1
        except KeyboardInterrupt:
            return 130
        finally:
            emulator_process.stop(stage.folder)
    print("\nThe demo went as told; its emulator is stopped and everything it wrote is removed.")
    return 0


def _stage(folder: Path) -> Stage:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {**os.environ, **local_environment(folder / "backend")}
    environment["ECS_RELEASE_JOURNAL"] = str(folder / "journal")
    return Stage(port, folder, environment)


def _make_project(stage: Stage) -> None:
    """The checkout's own program, with the local stack's configuration on the demo's port."""
    stage.config.parent.mkdir(parents=True)
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / name, stage.project)
    (stage.project / ".venv").symlink_to(ROOT / ".venv")
    local = (ROOT / "stacks" / "Pulumi.local.yaml").read_text()
    stage.config.write_text(local.replace("127.0.0.1:8443", f"127.0.0.1:{stage.port}"))


def _play(stage: Stage) -> None:
    _make_project(stage)
    _tell("1. Three protected instances, each with a data disk that is to be kept")
    _pulumi(stage, 0, "stack", "init", STACK)
    _pulumi(stage, 0, "up", "--yes", "--skip-preview")
    _expect(stage, instances=MEMBERS, changing=None)
    _tell("2. A destroy is refused, because they are protected: nothing is touched")
    before = _changing_calls(stage)
    _pulumi(stage, 255, "destroy", "--yes", "--skip-preview")
    _expect(stage, instances=MEMBERS, changing=before)
    _tell("3. The protection is lifted where it was declared")
    stage.config.write_text(
        stage.config.read_text().replace("deletion_protection: true", "deletion_protection: false")
    )
    _pulumi(stage, 0, "up", "--yes", "--skip-preview")
    _expect(stage, instances=MEMBERS, changing=None)
    _tell("4. The plan: what will be lost, what will stay and bill")
    _plan(stage)
    _tell("5. The destroy: one call for all, confirmed gone")
    _pulumi(stage, 0, "destroy", "--yes", "--skip-preview")
    _expect(stage, instances=0, changing=None)
    _tell("6. What is left in the cloud, and bills")
    _show_what_is_left(stage)


def _tell(title: str) -> None:
    print(f"\n=== {title}", flush=True)


def _pulumi(stage: Stage, expected: int, *arguments: str) -> None:
    """Run a real pulumi command; any success where a refusal was expected ends the demo, and vice versa."""
    command = ["pulumi", *arguments, "--non-interactive"]
    if arguments[0] != "stack":
        command += ["--stack", STACK]
    print(f"$ {' '.join(command[:3])}", flush=True)
    code = subprocess.run(command, cwd=stage.project, env=stage.environment, check=False).returncode
    if (code == 0) is not (expected == 0):
        wanted = "succeed" if expected == 0 else "be refused"
        raise ToolchainError(
            f"`pulumi {arguments[0]}` ended with {code}",
            f"it was to {wanted}",
            "read the lines above; run `make test` to see which part is broken",
        )


def _plan(stage: Stage) -> None:
    command = [str(ROOT / ".venv" / "bin" / "ecs-release"), "plan", "--stack", STACK]
    print("$ ecs-release plan", flush=True)
    code = subprocess.run(command, cwd=stage.project, env=stage.environment, check=False).returncode
    if code:
        raise ToolchainError(f"`ecs-release plan` ended with {code}", "a release was to come", "see above")


def _changing_calls(stage: Stage) -> int:
    looking = ("Describe", "List", "Get", "Query")
    requests = emulator_process.control(stage.port, "requests?since=0")
    return sum(not str(request["action"]).startswith(looking) for request in requests)


def _expect(stage: Stage, *, instances: int, changing: int | None) -> None:
    """Compare the emulator's own state with what the step promised."""
    alive = len(stage.state()["instances"])
    sent = _changing_calls(stage)
    if alive != instances or changing not in (None, sent):
        raise ToolchainError(
            f"the cloud has {alive} instances after {sent} changing calls",
            f"{instances} instances were promised"
            + (f" and {changing} calls" if changing is not None else ""),
            "read the lines above; run `make test` to see which part is broken",
        )
    print(f"--- checked in the cloud itself: {alive} instances", flush=True)


def _show_what_is_left(stage: Stage) -> None:
    disks = stage.state()["disks"]
    for disk_id, disk in disks.items():
        print(
            f"disk {disk_id} {disk['DiskName']} {disk['Size']} GiB {disk['Status']}: kept, bills", flush=True
        )
    if len(disks) != MEMBERS:
        raise ToolchainError(
            f"{len(disks)} disks are left", f"{MEMBERS} were declared to be kept", "run `make test`"
        )


if __name__ == "__main__":
    sys.exit(main())
