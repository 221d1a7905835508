"""The language host: which Python it takes, what it starts, what it reports, and that it ends quietly."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc  # type: ignore[import-untyped,unused-ignore]
import pytest
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from toolchain.language_host import commands
from toolchain.language_host.interpreter import NoInterpreterError, find_interpreter

ROOT = Path(__file__).parents[3]
EXECUTOR = """import os, sys
sys.exit(int(os.environ["PULUMI_CONFIG"].count("x")) * 8)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a virtual environment whose Python is the one that runs the tests."""
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(sys.executable)
    executor = tmp_path / "bin" / "pulumi-language-python-exec"
    executor.parent.mkdir()
    executor.write_text(EXECUTOR)
    executor.chmod(0o755)
    return tmp_path


@pytest.fixture
def host(project: Path) -> Iterator[subprocess.Popen[str]]:
    """The host as the engine starts it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "toolchain.language_host", "127.0.0.1:1"],
        cwd=ROOT,
        env={"PATH": f"{project / 'bin'}:/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def _stub(host: subprocess.Popen[str]) -> language_pb2_grpc.LanguageRuntimeStub:
    assert host.stdout is not None
    return language_pb2_grpc.LanguageRuntimeStub(
        grpc.insecure_channel(f"127.0.0.1:{host.stdout.readline().strip()}")
    )


def _info(project: Path) -> language_pb2.ProgramInfo:
    info = language_pb2.ProgramInfo(
        root_directory=str(project), program_directory=str(project), entry_point="."
    )
    info.options.update({"virtualenv": ".venv"})
    return info


def _run_request(project: Path, value: str) -> language_pb2.RunRequest:
    return language_pb2.RunRequest(
        project="shop", stack="local", pwd=str(project), parallel=4, dryRun=True, organization="organization",
        monitor_address="127.0.0.1:2", config={"shop:key": value}, info=_info(project),
    )  # fmt: skip


def test_the_named_virtual_environment_is_taken(project: Path) -> None:
    found = find_interpreter(str(project), {"virtualenv": ".venv"}, {"PATH": "/bin", "PYTHONHOME": "/x"})
    assert found.command == str(project / ".venv/bin/python")
    assert found.environment == {"PATH": f"{project}/.venv/bin:/bin", "VIRTUAL_ENV": f"{project}/.venv"}


def test_without_one_the_python_on_path_is_taken(project: Path) -> None:
    assert find_interpreter(str(project), {}, {}).command == "python3"
    assert find_interpreter(str(project), {}, {"PULUMI_PYTHON_CMD": "py"}).command == "py"


def test_a_missing_virtual_environment_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoInterpreterError, match=r"\.venv, which has no bin/python.*make toolchain"):
        find_interpreter(str(tmp_path), {"virtualenv": ".venv"}, {})


def test_the_program_gets_what_the_engine_sent(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(project / "bin"))
    request = _run_request(project, "1")
    command = commands.program_command("python", "127.0.0.1:1", request)
    assert command[:3] == ["python", "-u", str(project / "bin/pulumi-language-python-exec")]
    options = dict(zip(command[3:-1:2], command[4:-1:2], strict=True))
    assert options["--engine"] == "127.0.0.1:1"
    assert options["--monitor"] == "127.0.0.1:2"
    assert options["--dry_run"] == "true"
    assert command[-1] == str(project)
    assert commands.program_environment({}, request)["PULUMI_CONFIG"] == '{"shop:key": "1"}'


def test_plugins_are_started_by_kind(project: Path) -> None:
    def command(kind: str) -> list[str]:
        request = language_pb2.RunPluginRequest(
            kind=kind, args=["address"], name="parts", info=_info(project)
        )
        return commands.plugin_command("python", request)

    assert command("analyzer") == ["python", "-u", "-m", "pulumi.policy", "address", str(project)]
    assert command("resource") == ["python", "-u", "-m", "pulumi.run.plugin", "parts", "address"]
    (project / "__main__.py").write_text("")
    assert command("resource") == ["python", "-u", str(project), "address"]


@pytest.mark.parametrize(
    ("value", "error", "bail"),
    [("ok", "", False), ("xxxx", "", True), ("x", "the program ended with exit code 8", False)],
)
def test_the_end_of_a_program_is_reported(
    host: subprocess.Popen[str], project: Path, value: str, error: str, bail: bool
) -> None:
    answer = _stub(host).Run(_run_request(project, value), timeout=20)
    assert (answer.error, answer.bail) == (error, bail)


def test_a_plugin_is_streamed_to_its_end(host: subprocess.Popen[str], project: Path) -> None:
    (project / "__main__.py").write_text("import sys; print(sys.argv[1]); sys.exit('bad')")
    request = language_pb2.RunPluginRequest(
        pwd=str(project), args=["1234"], info=_info(project), kind="resource"
    )
    chunks = list(_stub(host).RunPlugin(request, timeout=20))
    assert {(chunk.stdout, chunk.stderr) for chunk in chunks[:-1]} == {(b"1234\n", b""), (b"", b"bad\n")}
    assert chunks[-1].exitcode == 1


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_without_a_word(host: subprocess.Popen[str], by: signal.Signals) -> None:
    _stub(host).Handshake(language_pb2.LanguageHandshakeRequest(), timeout=20)
    host.send_signal(by)
    output, _ = host.communicate(timeout=20)
    assert (host.returncode, output) == (0, "")
