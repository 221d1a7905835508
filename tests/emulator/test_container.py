"""The Containerfile: read by BuildKit's own parser, and its steps done in folders that stand for the image's.

No container engine is needed. What only an engine can do (base image, user, volume) is not tried.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.distribution import CALL, PLACE, SOURCE, account, offline, serving
from toolchain.recipe_checks import container_reader
from toolchain.stage import free_port

FILE = SOURCE / "Containerfile"
STATE, INSTALLED, BUILD = "/var/lib/ecs-emulator", "/opt/ecs-emulator", "/build"
Step = tuple[str, dict[str, Any]]


def read(path: Path) -> subprocess.CompletedProcess[str]:
    command = [str(container_reader(PLACE)), str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def stages() -> list[list[Step]]:
    found = json.loads(read(FILE).stdout)
    assert found["warnings"] == []
    return [[(step["name"], step["command"]) for step in stage["steps"]] for stage in found["stages"]]


def only(steps: list[Step], name: str) -> dict[str, Any]:
    (found,) = [command for kind, command in steps if kind == name]
    return found


class Image:
    """The folders of an image, under one of this machine's, and its build done there."""

    def __init__(self, root: Path, steps: list[Step]) -> None:
        self.root = root
        (root / "programs").mkdir()
        (root / "programs" / "python").symlink_to(PLACE.python)
        self.environment = offline(PATH=f"{root / 'programs'}:{os.environ['PATH']}")
        self.folder = root
        for name, command in steps:
            getattr(self, f"_{name.lower()}")(command)

    def inside(self, text: str) -> str:
        for folder in (STATE, INSTALLED, BUILD):
            # At the beginning of a path only: `requirements/build.lock` has one of the names too.
            text = re.sub(rf"(?<![\w./]){folder}\b", f"{self.root}{folder}", text)
        return text

    def _env(self, command: dict[str, Any]) -> None:
        self.environment |= {pair["Key"]: pair["Value"] for pair in command["Env"]}

    def _workdir(self, command: dict[str, Any]) -> None:
        self.folder = Path(self.inside(command["Path"]))
        self.folder.mkdir(parents=True)

    def _copy(self, command: dict[str, Any]) -> None:
        for name in command["SourcePaths"]:
            source, target = SOURCE / name, self.folder / command["DestPath"]
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)

    def _run(self, command: dict[str, Any]) -> None:
        line = self.inside(" ".join(command["CmdLine"]))
        shell = ["/bin/sh", "-c", line]
        done = subprocess.run(
            shell, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


@pytest.fixture(scope="module")
def image(stages: list[list[Step]], tmp_path_factory: pytest.TempPathFactory) -> Image:
    made = Image(tmp_path_factory.mktemp("image"), stages[0])
    Path(made.inside(STATE)).mkdir(parents=True)
    return made


def test_the_parser_would_find_something(tmp_path: Path) -> None:
    broken = tmp_path / "Containerfile"
    broken.write_text(FILE.read_text().replace("HEALTHCHECK --interval", "HEALTHCHECK --intervall"))
    assert "unknown flag: --intervall" in read(broken).stderr
    broken.write_text(FILE.read_text().replace("WORKDIR", "WORKDIRECTORY"))
    assert read(broken).returncode == 1


def test_what_runs_is_unprivileged_checked_and_kept(stages: list[list[Step]]) -> None:
    last = stages[-1]
    names = [name for name, _ in last]
    assert names.index("USER") < names.index("ENTRYPOINT")
    user = only(last, "USER")["User"]
    assert int(user) > 0
    assert f"--uid {user} " in " ".join(only(last, "RUN")["CmdLine"])
    assert only(last, "VOLUME")["Volumes"] == [STATE]
    assert only(last, "HEALTHCHECK")["Health"]["Test"] == ["CMD", "ecs-emulator", "health"]
    assert only(last, "COPY")["From"] == "build"


def test_every_package_from_an_index_is_pinned_by_its_hash(stages: list[list[Step]]) -> None:
    commands = " && ".join(" ".join(command["CmdLine"]) for name, command in stages[0] if name == "RUN")
    installs = [each for each in commands.split("&&") if "pip install" in each or "pip wheel" in each]
    assert len(installs) == 4
    assert all("--no-deps" in each for each in installs)
    assert all("--require-hashes" in each or "--no-index" in each for each in installs)


def test_the_steps_make_an_emulator_that_serves_and_is_healthy(
    image: Image, stages: list[list[Step]], monkeypatch: pytest.MonkeyPatch
) -> None:
    last, port = stages[-1], str(free_port())
    words = [*only(last, "ENTRYPOINT")["CmdLine"], *only(last, "CMD")["CmdLine"]]
    assert words[words.index("--host") + 1] == "0.0.0.0"
    command = [image.inside(word).replace("8443", port) for word in words]
    programs = image.inside(f"{INSTALLED}/bin")
    own = {"PATH": programs, "ECS_EMULATOR_HEALTH_PORT": port, "ECS_EMULATOR_SERVE_NAME": "emulator cloud"}
    monkeypatch.setenv("PATH", programs)
    check = only(last, "HEALTHCHECK")["Health"]["Test"][1:]
    assert subprocess.run(check, env=own, capture_output=True, check=False).returncode == 1
    with serving(command, Path(image.inside(STATE)), own) as url:
        assert url == f"http://0.0.0.0:{port}"
        assert subprocess.run(check, env=own, capture_output=True, check=False).returncode == 0
        # Not the loopback's usual address: the container's other ones are listened on too.
        assert account(f"http://127.0.0.2:{port}") == "1000000000000001"
        secure(port, image, own)
    assert not (Path(programs) / "pip").exists()


def secure(port: str, image: Image, environment: dict[str, str]) -> None:
    """A client that knows the service by the names of the environment, and trusts `ca`'s certificate."""
    words = ["ecs-emulator", "ca", "--db", image.inside(f"{STATE}/world.db")]
    trusted = subprocess.run(words, env=environment, capture_output=True, text=True, check=True).stdout
    context = ssl.create_default_context(cadata=trusted)
    for name in ("emulator", "cloud"):
        plain = socket.create_connection(("127.0.0.1", int(port)))
        with context.wrap_socket(plain, server_hostname=name) as connection:
            connection.sendall(f"GET {CALL} HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
            assert connection.recv(12) == b"HTTP/1.1 200"
