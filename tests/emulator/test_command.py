"""The command line: options from the environment, and waiting for an emulator."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer.main
import yaml
from emulator.cli import app

from tests.emulator.cloud import Cloud, Server
from toolchain.stage import free_port

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [DOCS / "emulator.md", *sorted((DOCS / "emulator").glob("*.md"))]
VARIABLES = sorted({name for page in PAGES for name in re.findall(r"ECS_EMULATOR_[SH]\w+", page.read_text())})


def health(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "emulator", "health", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_options_come_from_the_environment_and_arguments_are_stronger(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECS_EMULATOR_SERVE_RELEASE_SECONDS", "5")
    monkeypatch.setenv("ECS_EMULATOR_SERVE_STOP_SECONDS", "6")
    monkeypatch.setenv("ECS_EMULATOR_SERVE_ENFORCE_RAM", "true")
    server = Server(database, "--stop-seconds", "7")
    try:
        told = Cloud(server.url).look("settings")
    finally:
        server.end()
    assert (told["release_seconds"], told["stop_seconds"], told["enforce_ram"]) == (5, 7, True)


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_variable_of_the_pages_is_an_option(variable: str) -> None:
    _, _, name, option = variable.split("_", 3)
    command = typer.main.get_command(app).commands[name.lower()]  # type: ignore[attr-defined]
    assert option.lower() in {parameter.name for parameter in command.params}


def test_health_waits_for_one_that_is_starting(database: Path) -> None:
    port = str(free_port())
    waiting = health("--port", port, "--wait", "60")
    server = Server(database, "--port", port)
    try:
        told, _ = waiting.communicate(timeout=60)
        assert (waiting.returncode, told.strip()) == (0, f"ecs-emulator answers on http://127.0.0.1:{port}")
    finally:
        server.end()


def test_health_says_when_none_answers() -> None:
    port = str(free_port())
    began = time.monotonic()
    asking = health("--port", port, "--wait", "0.2")
    _, told = asking.communicate(timeout=60)
    assert (asking.returncode, told.strip()) == (1, f"no emulator answers on http://127.0.0.1:{port}")
    assert time.monotonic() - began >= 0.2


def test_something_else_on_the_port_is_no_emulator() -> None:
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    other = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert other.stdout is not None
        port = other.stdout.readline().split(" port ")[1].split()[0]
        asking = health("--port", port)
        _, told = asking.communicate(timeout=60)
    finally:
        other.terminate()
        other.communicate()
    assert (asking.returncode, told.strip()) == (1, f"no emulator answers on http://127.0.0.1:{port}")


def test_the_compose_file_names_its_service_as_the_certificate_does() -> None:
    text = (DOCS / "emulator" / "container.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    services = yaml.safe_load(block)["services"]
    name = services["emulator"]["environment"]["ECS_EMULATOR_SERVE_NAME"]
    assert name in services
    assert services["tests"]["environment"]["ECS_ENDPOINT"] == f"{name}:8443"
