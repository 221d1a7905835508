"""`make demo`: the whole story on an emulator of its own; ends with 0 only if every step went as told.

Declares three protected instances, sees a destroy refused, lifts the protection, sees the plan,
destroys, and shows what is left; after each step the emulator's own state is the judge.
"""

from __future__ import annotations

import subprocess
import sys

from .errors import ToolchainError
from .process import say
from .stack import ROOT
from .stage import Stage, open_stage

STACK = "demo"
MEMBERS = 3
REFUSED = 10


def main() -> int:
    """Play the demo; whatever happens, nothing is left running."""
    try:
        with open_stage(STACK) as stage:
            _play(stage)
    except ToolchainError as error:
        say(f"ERROR: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    print("\nThe demo went as told; its emulator is stopped and everything it wrote is removed.")
    return 0


def _play(stage: Stage) -> None:
    _tell("1. Three protected instances, each with a data disk that is to be kept")
    _pulumi(stage, 0, "stack", "init", STACK)
    _pulumi(stage, 0, "up", "--yes", "--skip-preview")
    _expect(stage, instances=MEMBERS, changing=None)
    _tell("2. A destroy is refused, because they are protected: nothing is touched")
    before = _changing_calls(stage)
    _pulumi(stage, 255, "destroy", "--yes", "--skip-preview")
    _plan(stage, REFUSED)
    _expect(stage, instances=MEMBERS, changing=before)
    _tell("3. The protection is lifted where it was declared")
    stage.config.write_text(
        stage.config.read_text().replace("deletion_protection: true", "deletion_protection: false")
    )
    _pulumi(stage, 0, "up", "--yes", "--skip-preview")
    _expect(stage, instances=MEMBERS, changing=None)
    _tell("4. The plan: what will be lost, what will stay and bill")
    _plan(stage, 0)
    _tell("5. The destroy: one call for all, confirmed gone")
    _pulumi(stage, 0, "destroy", "--yes", "--skip-preview")
    _expect(stage, instances=0, changing=None)
    _tell("6. What is left in the cloud, and bills")
    _show_what_is_left(stage)


def _tell(title: str) -> None:
    print(f"\n=== {title}", flush=True)


def _pulumi(stage: Stage, expected: int, *arguments: str) -> None:
    """Run a real pulumi command; any success where a refusal was expected ends the demo, and vice versa."""
    print(f"$ pulumi {' '.join(arguments[:2])}", flush=True)
    code = stage.pulumi(*arguments)
    if (code == 0) is not (expected == 0):
        wanted = "succeed" if expected == 0 else "be refused"
        raise ToolchainError(
            f"`pulumi {arguments[0]}` ended with {code}",
            f"it was to {wanted}",
            "read the lines above; run `make test` to see which part is broken",
        )


def _plan(stage: Stage, expected: int) -> None:
    """Show the plan; its exit code tells a refusal from a mere failure."""
    command = [str(ROOT / ".venv" / "bin" / "ecs-release"), "plan", "--stack", STACK]
    print("$ ecs-release plan", flush=True)
    code = subprocess.run(command, cwd=stage.project, env=stage.environment, check=False).returncode
    if code != expected:
        raise ToolchainError(
            f"`ecs-release plan` ended with {code}",
            f"it was to end with {expected}",
            "read the lines above; run `make test` to see which part is broken",
        )


def _changing_calls(stage: Stage) -> int:
    looking = ("Describe", "List", "Get", "Query")
    return sum(not str(request["action"]).startswith(looking) for request in stage.requests())


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
