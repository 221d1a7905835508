"""Worlds: built once for a worker and declaration, then copied back for every test.

An `up` takes ten seconds at least, because the stock provider sleeps that long, so tests that
begin with the same stack share it: emulator database, backend and project are copied while
nothing runs. The port stays, because the state records the endpoint.
"""

import contextlib
import json
import random
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.cloud import ROOT
from tests.e2e.world import Groups, World

SAVED = (
    "project",
    "backend",
    "emulator.db",
    "emulator.db-journal",
    "emulator.db.ca.pem",
    "declared.json",
)


@pytest.fixture(scope="session")
def tools() -> dict[str, str]:
    """Where the toolchain put pulumi and its plugins; fails when it did not."""
    command = ["python3", "-m", "toolchain", "env"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    pairs = [line.split("=", 1) for line in printed.splitlines()]
    return {name: value.strip("'") for name, value in pairs}


class Worlds:
    """One port and one live folder, and a store of worlds to begin from."""

    def __init__(self, folder: Path, tools: dict[str, str]) -> None:
        self._live, self._store, self._tools = folder / "live", folder / "store", tools
        self._store.mkdir()
        self._port = free_port()
        self._world: World | None = None

    def empty(self) -> World:
        """A stack without resources on an empty cloud."""
        return self._from_store("empty", lambda: self._new())

    def up(self, groups: Groups, **config: Any) -> World:
        """A stack after a first `up` of these groups."""
        key = json.dumps([groups, config], sort_keys=True)
        name = f"up-{abs(hash(key))}"
        world = self._from_store(name, lambda: self._first_up(groups, config))
        world.groups, world.config = json.loads(json.dumps(groups)), dict(config)
        return world

    def stock(self, program: str) -> World:
        """A stack after a first `up` of a program of stock resources, without any of ours."""
        world = self._from_store(f"stock-{abs(hash(program))}", lambda: self._first_stock_up(program))
        world.speak_tls()
        return world

    def again(self, name: str) -> World:
        """The world that a test saved under this name, as it was then."""
        return self._restore(name)

    def save(self, name: str) -> None:
        """Keeps the live world under a name; the emulator is started again."""
        assert self._world is not None
        self._world.cloud.stop()
        declared = {"groups": self._world.groups, "config": self._world.config}
        (self._live / "declared.json").write_text(json.dumps(declared))
        shutil.rmtree(self._store / name, ignore_errors=True)
        _copy(self._live, self._store / name)
        self._world.cloud.start()

    def close(self) -> None:
        if self._world is not None:
            self._world.cloud.stop()

    def _from_store(self, name: str, build: Callable[[], object]) -> World:
        if not (self._store / name).exists():
            build()
            self.save(name)
        return self._restore(name)

    def _new(self) -> World:
        self.close()
        shutil.rmtree(self._live, ignore_errors=True)
        self._live.mkdir()
        self._world = World(self._live, self._port, self._tools)
        self._world.cloud.start()
        self._world.create()
        return self._world

    def _first_up(self, groups: Groups, config: dict[str, Any]) -> None:
        world = self.empty()
        world.groups, world.config = groups, config
        result = world.up()
        assert result.code == 0, result.output

    def _first_stock_up(self, program: str) -> None:
        world = self.empty()
        world.write_program(program)
        world.speak_tls()
        result = world.up()
        assert result.code == 0, result.output

    def _restore(self, name: str) -> World:
        self.close()
        shutil.rmtree(self._live, ignore_errors=True)
        _copy(self._store / name, self._live)
        self._world = World(self._live, self._port, self._tools)
        declared = json.loads((self._live / "declared.json").read_text())
        self._world.groups, self._world.config = declared["groups"], declared["config"]
        self._world.cloud.start()
        return self._world


def free_port() -> int:
    """A port below the range that the system hands out, so that nobody takes it between two starts."""
    for port in random.sample(range(20_000, 32_000), 50):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")


def _copy(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for name in SAVED:
        path = source / name
        if path.is_dir():
            shutil.copytree(path, target / name, symlinks=True)
        elif path.exists():
            shutil.copy2(path, target / name)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory, tools: dict[str, str]) -> Iterator[Worlds]:
    """The worlds of this worker."""
    worlds = Worlds(tmp_path_factory.mktemp("worlds"), tools)
    yield worlds
    worlds.close()


@pytest.fixture
def worlds(store: Worlds) -> Worlds:
    """The worlds of this worker, for one test after the other."""
    return store
