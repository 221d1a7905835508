"""Follows a page of docs/emulator: writes its files, runs its commands, and keeps what the emulator saw.

A block `sh` is run, a block with `title="NAME"` (or `<!-- file: NAME -->` on the line above) is a file that
is there before the first command; any other block is only shown.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.commands import ended
from tests.emulator.cloud import Cloud, Server

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "emulator"
# The same files in folders named after the pages, with what a page does not print, such as lock files.
EXAMPLES = ROOT / "examples" / "emulator"
PORT = "8443"
# What every page tells its reader to run first, in the folder that the blocks are then run in.
START = f"ecs-emulator serve --port {PORT} --db emulator.db"
# Far beyond what any page takes, on a machine that is busy with other tests too.
SECONDS = 600
_FENCE = re.compile(
    r"(?:^<!-- file: (?P<above>\S+) -->\n+)?^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.M | re.S
)
_TITLE = re.compile(r'title="([^"]+)"')
# A proxy that is not there, for whatever does not go to this machine.
_NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the file it is if it is one, and its text."""

    language: str
    file: str | None
    text: str


@dataclass(frozen=True)
class Followed:
    """What came of a page: how its commands ended, and the emulator's own record of it."""

    code: int
    output: str
    requests: list[dict[str, Any]]
    state: dict[str, Any]

    def changes(self) -> list[str]:
        """The calls that change something or were refused, in order: `Action`, or `Action Code`."""
        return [_told(call) for call in self.requests if not _is_look(call) or call["code"]]


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found = _FENCE.finditer(page.read_text(encoding="utf-8"))
    return [_block(match["info"], match["above"], match["text"]) for match in found]


def _block(info: str, above: str | None, text: str) -> Block:
    title = _TITLE.search(info)
    return Block(info.split(maxsplit=1)[0] if info else "", title[1] if title else above, text)


def script(page: Path) -> str:
    """All commands of a page, as somebody would paste them one after the other into one shell."""
    return "\n".join(block.text for block in blocks(page) if block.language == "sh" and not block.file)


def copy_example(page: Path, folder: Path) -> None:
    """Copy what lies in the example of a page, if it has one; what the page prints is written over it."""
    for path in example(page):
        shutil.copy(path, folder / path.name)


def example(page: Path) -> list[Path]:
    """The files of the example of a page."""
    return sorted(path for path in (EXAMPLES / page.stem).glob("*") if path.is_file())


def write_files(page: Path, folder: Path, port: str = PORT) -> list[Path]:
    """Write the files of a page into a folder, with the port that the emulator has."""
    written = []
    for block in blocks(page):
        if block.file:
            path = folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text.replace(PORT, port), encoding="utf-8")
            written.append(path)
    return written


def follow(name: str, folder: Path, environment: Mapping[str, str]) -> Followed:
    """Do what the page says, in a folder of its own, against a new emulator; nothing but the port differs."""
    page = PAGES / name
    assert START in page.read_text(encoding="utf-8")
    server = Server(folder / "emulator.db")
    try:
        port = server.url.rpartition(":")[2]
        copy_example(page, folder)
        write_files(page, folder, port)
        surroundings = {**_surroundings(folder, port), **environment}
        command = ["bash", "-euxc", script(page).replace(PORT, port)]
        code, output = ended(command, folder, surroundings, SECONDS)
        cloud = Cloud(server.url)
        return Followed(code, output, cloud.look("requests"), cloud.look("state"))
    finally:
        server.end()


def _surroundings(folder: Path, port: str) -> dict[str, str]:
    """A shell without settings and keys of the caller's, with the emulator's command on PATH."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", **_only_loopback(port)}


def _only_loopback(port: str) -> dict[str, str]:
    proxies = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
    # Some clients look for the host alone, the SDK for Go for the host with its port.
    none = f"127.0.0.1,localhost,127.0.0.1:{port}"
    return {**dict.fromkeys(proxies, _NOWHERE), "NO_PROXY": none, "no_proxy": none}


def _is_look(call: Mapping[str, Any]) -> bool:
    return str(call["action"]).startswith(("Describe", "List", "Get", "Query"))


def _told(call: Mapping[str, Any]) -> str:
    return f"{call['action']} {call['code'] or ''}".rstrip()
