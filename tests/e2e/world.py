"""One stack of the real program: real CLI, real plugin, real SDKs, on an emulator of its own."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.commands import ended
from tests.e2e.cloud import ROOT, Cloud

STACK = "t"
SECONDS = 120
Groups = dict[str, dict[str, Any]]


def group(count: int = 2, **changes: Any) -> dict[str, Any]:
    """An unprotected group with a data disk to keep."""
    made: dict[str, Any] = {
        "count": count,
        "instance_type": "ecs.g7.large",
        "image": "ubuntu_24_04_x64_20G_alibase_20260101.vhd",
        "deletion_protection": False,
        "data_disks": [{"name": "data", "category": "cloud_essd", "size_gib": 200}],
    }
    return {**made, **changes}


@dataclass(frozen=True)
class Result:
    """How a command ended, and all it printed."""

    code: int
    output: str


class World:
    """A project, a backend and an emulator; `groups` and `config` are written before each run."""

    def __init__(self, folder: Path, port: int, tools: dict[str, str]) -> None:
        self.folder, self.cloud = folder, Cloud(port, folder)
        self.stack = STACK
        self.groups: Groups = {}
        self.config: dict[str, Any] = {}
        self.environment_fields: dict[str, Any] = {}
        self.environment = self._environment(tools)

    def _environment(self, tools: dict[str, str]) -> dict[str, str]:
        return {
            "PATH": tools["PATH"],
            "HOME": str(self.folder),
            "PULUMI_HOME": tools["PULUMI_HOME"],
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_BACKEND_URL": (self.folder / "backend").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "",
            "ALIBABA_CLOUD_ACCESS_KEY_ID": "emulator",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "emulator",
            "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
        }

    @property
    def project(self) -> Path:
        return self.folder / "project"

    def create(self) -> None:
        """Lays out the project and starts with an empty stack."""
        (self.project / "stacks").mkdir(parents=True)
        (self.folder / "backend").mkdir()
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(ROOT / name, self.project)
        (self.project / ".venv").symlink_to(ROOT / ".venv")
        assert self.pulumi("stack", "init", STACK).code == 0

    def speak_tls(self) -> None:
        """Points the stock provider at the emulator through TLS: some of its calls know nothing else."""
        self.config["alicloud:protocol"] = "HTTPS"
        self.environment["SSL_CERT_FILE"] = str(self.cloud.authority())

    def write_program(self, text: str) -> None:
        """Puts a program of its own in place of ours."""
        (self.project / "__main__.py").write_text(text)

    def write_config(self) -> None:
        text = (ROOT / "stacks" / "Pulumi.local.yaml").read_text()
        written = yaml.safe_load(text.replace("127.0.0.1:8443", self.cloud.address))
        environment = written["config"]["ecs-release:environment"]
        environment |= {"groups": self.groups, **self.environment_fields}
        written["config"] |= self.config
        (self.project / "stacks" / f"Pulumi.{self.stack}.yaml").write_text(yaml.safe_dump(written))

    def command(self, *arguments: str) -> list[str]:
        self.write_config()
        own = arguments[:2] in (("stack", "init"), ("stack", "rename"))
        named = arguments if own else (*arguments, "--stack", self.stack)
        return ["pulumi", *named, "--non-interactive"]

    def pulumi(self, *arguments: str, environment: dict[str, str] | None = None) -> Result:
        """One real pulumi command, to its end."""
        return self.run(self.command(*arguments), environment or {})

    def run(self, command: list[str], environment: dict[str, str], typed: str = "") -> Result:
        code, output = ended(command, self.project, {**self.environment, **environment}, SECONDS, typed)
        print(f"$ {' '.join(command)}\n{output}\n[ended with {code}]")
        return Result(code, output)

    def start(self, *arguments: str) -> "Running":
        """One real pulumi command that goes on while the test does something to it."""
        log = self.folder / "running.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                self.command(*arguments),
                cwd=self.project,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        return Running(process, log)

    def up(self, *arguments: str) -> Result:
        """`pulumi up` without its preview, which most tests have no need to wait for."""
        return self.pulumi("up", "--yes", "--skip-preview", *arguments)

    def destroy(self, *arguments: str) -> Result:
        return self.pulumi("destroy", "--yes", "--skip-preview", *arguments)

    def preview(self, *arguments: str) -> Result:
        return self.pulumi("preview", *arguments)

    def ecs_release(self, *arguments: str, typed: str = "", **environment: str) -> Result:
        """Our own command on this stack, with what somebody types at its questions."""
        self.write_config()
        return self.run(self.own_command(*arguments), environment, typed)

    def own_command(self, *arguments: str) -> list[str]:
        """Our own command with its arguments."""
        return [str(ROOT / ".venv/bin/ecs-release"), *arguments, "--stack", self.stack]

    def resources(self) -> dict[str, dict[str, Any]]:
        """What the state records, by URN."""
        command = ["pulumi", "stack", "export", "--stack", self.stack, "--non-interactive"]
        text = subprocess.run(
            command, cwd=self.project, env=self.environment, capture_output=True, text=True, check=True
        ).stdout
        listed = json.loads(text)["deployment"].get("resources") or []
        return {each["urn"]: each for each in listed if each["type"] != "pulumi:pulumi:Stack"}

    def urn(self, name: str) -> str:
        """The URN of the resource with this logical name."""
        (found,) = [urn for urn in self.resources() if urn.endswith(f"::{name}")]
        return found


class Running:
    """A pulumi command in flight, in a process group of its own."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process, self._log = process, log

    def wait(self) -> Result:
        code = self.process.wait(timeout=SECONDS)
        return Result(code, self._log.read_text())

    def interrupt(self) -> None:
        """Ctrl-C: the CLI alone gets the signal, it keeps its plugins out of the terminal's reach."""
        os.kill(self.process.pid, signal.SIGINT)

    def kill_all(self) -> None:
        """kill -9 of the CLI and everything it started."""
        children = list(descendants(self.process.pid))
        for pid in (self.process.pid, *children):
            _kill(pid)
        self.process.wait(timeout=SECONDS)

    def kill_plugin(self) -> None:
        """kill -9 of the dynamic providers' processes, the CLI lives on."""
        for pid in list(descendants(self.process.pid)):
            if _is_dynamic_provider(pid):
                _kill(pid)


def _is_dynamic_provider(pid: int) -> bool:
    """The Python process behind `pulumi-resource-pulumi-python`."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return False
    return "pulumi.dynamic" in words or "pulumi/dynamic" in words


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def descendants(pid: int) -> Iterator[int]:
    """Every process below one, from /proc."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _parent(entry) == pid:
            yield int(entry.name)
            yield from descendants(int(entry.name))


def _parent(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return 0


def until(found: Any, seconds: float = 60.0) -> Any:
    """Waits until a call gives something true, and returns it."""
    ends_at = time.monotonic() + seconds
    while True:
        value = found()
        if value:
            return value
        assert time.monotonic() < ends_at, "what was waited for did not come"
        time.sleep(0.02)
