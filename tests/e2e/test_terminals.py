"""Every command at a narrow and at a wide terminal, in a pipe, without colours, and broken off."""

import contextlib
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Worlds
from tests.e2e.world import World, group, until

COLOUR = re.compile(r"\x1b\[([0-9]+;)*(3|4|9|10)[0-9](;[0-9]+)*m")
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
WEB = {"web": group(2)}
# Each with a part of what it has to show.
COMMANDS = {
    "plan": "web: 2 to release",
    "status": "web-0",
    "survivors": "nothing is left of earlier runs",
    "journal": "run",
    "doctor": "credentials",
}


@pytest.fixture
def world(worlds: Worlds) -> World:
    return worlds.up(WEB)


def command_of(world: World, name: str) -> list[str]:
    # A journal is of a folder, not of a stack.
    return world.own_command(name)[: 2 if name == "journal" else None]


def at_terminal(
    world: World, name: str, columns: int, words: tuple[str, ...] = (), **environment: str
) -> tuple[int, str]:
    """A command on a terminal of its own; how it ended and what the terminal got."""
    world.write_config()
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    process = subprocess.Popen(
        [*command_of(world, name), *words],
        cwd=world.project,
        env={**world.environment, "TERM": "xterm-256color", **environment},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    text = b"".join(_read(ours)).decode()
    os.close(ours)
    return process.wait(timeout=60), text.replace("\r\n", "\n")


def _read(terminal: int) -> Iterator[bytes]:
    # The end of a terminal is an error and no end of file.
    with contextlib.suppress(OSError):
        while chunk := os.read(terminal, 65536):
            yield chunk


@pytest.mark.parametrize("columns", [80, 200])
def test_tables_fit_the_terminal(world: World, columns: int) -> None:
    for name, shown in COMMANDS.items():
        code, text = at_terminal(world, name, columns)
        plain = CONTROL.sub("", text)
        assert code in (0, 1), plain
        assert shown in plain
        if name in ("status", "survivors", "doctor"):
            assert max(len(line) for line in plain.splitlines()) <= columns, plain


def test_without_colour_when_nobody_wants_it(world: World) -> None:
    for name in COMMANDS:
        _, text = at_terminal(world, name, 100, NO_COLOR="1")
        assert not COLOUR.search(text), name


def test_plain_text_in_a_pipe_and_the_errors_beside_it(world: World) -> None:
    world.write_config()
    for name, shown in COMMANDS.items():
        done = subprocess.run(
            command_of(world, name),
            cwd=world.project,
            env=world.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert shown in done.stdout
        assert "\x1b" not in done.stdout + done.stderr
        # Nothing that draws: a log keeps every frame of it.
        assert not re.search("[\u2500-\u257f\u2800-\u28ff]", done.stdout)


def test_ctrl_c_at_a_question_changes_nothing(world: World) -> None:
    world.write_config()
    before = world.cloud.mark()
    (id_, *_) = world.cloud.instances
    world.cloud.call("UntagResources", ResourceType="instance", **{"ResourceId.1": id_, "All": "true"})
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        world.own_command("adopt", id_, "--group", "old"),
        cwd=world.project,
        env={**world.environment, "TERM": "xterm-256color"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        # Its own terminal, or the signal would be for us as well.
        start_new_session=True,
    )
    os.close(theirs)
    text = b""
    while b"to go on" not in text:
        text += os.read(ours, 65536)
    process.send_signal(signal.SIGINT)
    text += b"".join(_read(ours))
    os.close(ours)
    assert process.wait(timeout=30) in (1, 130), text.decode()
    assert b"Traceback" not in text
    assert world.cloud.changing(before) == ["UntagResources"]


@pytest.mark.parametrize("columns", [80, 200])
def test_a_decision_about_a_stray_fits_the_terminal(world: World, columns: int) -> None:
    (id_, *_) = world.cloud.instances
    for name in ("claim", "disown"):
        code, text = at_terminal(world, name, columns, words=(id_,))
        assert code == 1
        assert f"{id_} is recorded as web-" in CONTROL.sub("", text)


def is_calling(pid: int) -> bool:
    """Whether a process has a connection open."""
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        # A file may be closed between the listing and the look.
        with contextlib.suppress(OSError):
            if os.readlink(entry).startswith("socket:"):
                return True
    return False


@pytest.mark.parametrize("name", ["plan", "status", "survivors", "doctor"])
def test_ctrl_c_ends_a_command_at_once_with_nothing_changed_and_no_trace(world: World, name: str) -> None:
    world.write_config()
    before = world.cloud.mark()
    world.cloud.control("latency", {"ms": 8000})
    process = subprocess.Popen(
        command_of(world, name),
        cwd=world.project,
        env=world.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    until(lambda: is_calling(process.pid))
    process.send_signal(signal.SIGINT)
    text, _ = process.communicate(timeout=30)
    world.cloud.control("latency", {"ms": 0})
    assert process.returncode == 130, text
    assert "Traceback" not in text
    assert world.cloud.changing(before) == []
