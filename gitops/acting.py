"""The commands that change something: up, destroy, new and end.

Imports its siblings, and the toolchain's count of what is left.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from toolchain.stack import resources_left

from . import report
from .commands import Commands, Done
from .files import FOLDER, Unusable, check_new, file_of, text_for
from .looking import DONE, ERROR, REFUSED
from .place import Receipts, write_report

LEFT = 13
_REFUSED = "error: Refused:"


def up(commands: Commands, *, refresh: bool) -> int:
    """Brings the stack to what its file declares; the engine's own preview comes first and can refuse."""
    receipts = Receipts()
    looked = ["--refresh"] if refresh else []
    done = commands.told("pulumi", "up", "--yes", *looked)
    _write(commands.stack, "up", done, receipts)
    return _code(done)


def destroy(commands: Commands, *, remove: bool) -> int:
    """Ends all that the stack has and counts what is left: an interrupted destroy can end with 0."""
    receipts = Receipts()
    # A repeated destroy finds the instances gone, so its checkpoints may wait for the end.
    done = commands.told("pulumi", "destroy", "--yes", PULUMI_SKIP_CHECKPOINTS="true")
    left = _left(commands) if done.code == 0 else 0
    note = f"**{left} resources are left**; run the destroy again." if left else ""
    _write(commands.stack, "destroy", done, receipts, note)
    if left:
        return LEFT
    if done.code == 0 and remove:
        return _removed(commands, "--preserve-config")
    return _code(done)


def _write(stack: str, command: str, done: Done, receipts: Receipts, note: str = "") -> None:
    how = "done" if done.code == 0 else f"**failed** with exit code {done.code}"
    text = report.document(
        f"ecs-release: {command} of `{stack}`: {how}",
        note,
        *receipts.new(),
        report.folded("What the engine said", report.block(done.printed)),
    )
    write_report(stack, command, report.shortened(text))


def _code(done: Done) -> int:
    if done.code == 0:
        return DONE
    return REFUSED if _REFUSED in done.printed else ERROR


def _left(commands: Commands) -> int:
    return resources_left(commands.stack, Path(), dict(commands.environment))


def new(commands: Commands, example: str, root: Path = Path()) -> int:
    """A file out of the example's, and an empty stack in the backend; both or neither."""
    name = commands.stack
    check_new(root, name, example)
    source = file_of(root, example).read_text(encoding="utf-8")
    file = file_of(root, name)
    file.write_text(text_for(name, example, source, yaml.safe_load(source)), encoding="utf-8")
    done = commands.told("pulumi", "stack", "init")
    if done.code:
        file.unlink()
        raise Unusable(f"the stack {name} was not made, see above; correct that and repeat")
    print(f"{file} is made from that of {example}: edit it, commit it, and open a pull request")
    return DONE


def end(commands: Commands, root: Path = Path()) -> int:
    """Removes a stack that has nothing left, with its file; journals and receipts stay."""
    if commands.asked("pulumi", "stack", "export").code:
        raise Unusable(f"the stack {commands.stack} is not to be had, see above; nothing was removed")
    left = _left(commands)
    if left:
        raise Unusable(
            f"{commands.stack} still has {left} resources; run `make destroy STACK={commands.stack}` first"
        )
    code = _removed(commands)
    if code == DONE:
        # The engine removes the file itself where it finds one.
        file_of(root, commands.stack).unlink(missing_ok=True)
        print(
            f"{commands.stack} is removed, and its file in {FOLDER}; commit that. Journals and receipts stay."
        )
    return code


def _removed(commands: Commands, *options: str) -> int:
    return ERROR if commands.told("pulumi", "stack", "rm", "--yes", *options).code else DONE
