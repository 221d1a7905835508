"""The language host installs what a program needs, with the uv beside it, and says what it cannot."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc  # type: ignore[import-untyped,unused-ignore]
import pytest
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from toolchain.language_host.installing import NoInstallerError, install_commands, install_environment

ROOT = Path(__file__).parents[3]
UV = """#!/bin/sh
echo "$@"
case "$*" in *--requirements*) grep -q missing "$6" && { echo no such package >&2; exit 3; } ;; esac
exit 0
"""
OPTIONS = {"virtualenv": ".venv"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with requirements and no virtual environment, and a uv that only says what it was told."""
    uv = tmp_path / "bin" / "uv"
    uv.parent.mkdir()
    uv.write_text(UV)
    uv.chmod(0o755)
    (tmp_path / "requirements.txt").write_text("rich\n")
    return tmp_path


@pytest.fixture
def stub(project: Path) -> Iterator[language_pb2_grpc.LanguageRuntimeStub]:
    """The host as the engine starts and calls it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "toolchain.language_host", "127.0.0.1:1"],
        cwd=ROOT,
        env={"PATH": f"{project / 'bin'}:/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield language_pb2_grpc.LanguageRuntimeStub(
        grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}")
    )
    process.kill()
    process.communicate()


def request(project: Path) -> language_pb2.InstallDependenciesRequest:
    """What the CLI asks for after `pulumi new` and `pulumi install`."""
    info = language_pb2.ProgramInfo(root_directory=str(project), program_directory=str(project))
    info.options.update(OPTIONS)
    return language_pb2.InstallDependenciesRequest(info=info)


def commands(project: Path) -> list[list[str]]:
    """The commands, without the path of uv."""
    environment = {"PATH": str(project / "bin")}
    found = install_commands(str(project), str(project), OPTIONS, environment)
    assert {command.pop(0) for command in found} <= {str(project / "bin/uv")}
    return found


def test_a_missing_virtual_environment_is_made_and_filled(project: Path) -> None:
    python = str(project / ".venv/bin/python")
    install = ["pip", "install", "--python", python, "--requirements", str(project / "requirements.txt")]
    assert commands(project) == [["venv", "--python", "python3", str(project / ".venv")], install]


def test_one_that_is_there_is_kept(project: Path) -> None:
    python = project / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    assert [command[0] for command in commands(project)] == ["pip"]
    (project / "requirements.txt").unlink()
    assert commands(project) == []


def test_without_a_named_place_nothing_is_installed(project: Path) -> None:
    assert install_commands(str(project), str(project), {}, {"PATH": str(project / "bin")}) == []


def test_without_uv_it_is_said_what_to_do(project: Path) -> None:
    with pytest.raises(NoInstallerError, match="make toolchain"):
        install_commands(str(project), str(project), OPTIONS, {"PATH": str(project)})


def test_the_python_that_runs_the_host_does_not_bend_the_installer() -> None:
    found = install_environment({"VIRTUAL_ENV": "/host", "PATH": "/bin"})
    assert (found["PATH"], "VIRTUAL_ENV" in found) == ("/bin", False)


def test_what_the_installer_writes_is_streamed(
    stub: language_pb2_grpc.LanguageRuntimeStub, project: Path
) -> None:
    written = b"".join(chunk.stdout for chunk in stub.InstallDependencies(request(project), timeout=20))
    assert [line.split()[0] for line in written.decode().splitlines()] == ["venv", "pip"]


def test_a_failed_installation_is_an_error_and_its_words_are_streamed(
    stub: language_pb2_grpc.LanguageRuntimeStub, project: Path
) -> None:
    (project / "requirements.txt").write_text("missing\n")
    words: list[bytes] = []
    chunks = stub.InstallDependencies(request(project), timeout=20)
    with pytest.raises(grpc.RpcError, match="ended with 3"):
        words.extend(chunk.stderr for chunk in chunks)
    assert b"no such package\n" in words


def test_there_is_nothing_to_fill_into_a_template(stub: language_pb2_grpc.LanguageRuntimeStub) -> None:
    assert stub.Template(language_pb2.TemplateRequest(), timeout=20) == language_pb2.TemplateResponse()
