"""A stand-in for GitLab's side: runs the jobs of our recipe as they are written, each on a fresh clone.

It knows extends, variables and those of an environment, id tokens, dotenv reports and artefacts. What a job
does itself, its scripts, is run by bash as GitLab's runner runs it.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.commands import ended

RECIPE, SECONDS = "gitops/gitlab/.gitlab-ci.yml", 300
Job = dict[str, Any]


@dataclass(frozen=True)
class Ended:
    """How a job ended, and all it printed."""

    ok: bool
    printed: str


@dataclass
class GitLab:
    """One project with its settings; `clone` gives a checkout of the branch."""

    folder: Path
    clone: Callable[[Path], None]
    environment: dict[str, str]
    token: Callable[[str, str], str]
    variables: dict[str, str] = field(default_factory=dict)
    of_environment: dict[str, dict[str, str]] = field(default_factory=dict)
    _dotenv: dict[str, dict[str, str]] = field(default_factory=dict)
    _runs: int = 0

    def job(self, name: str, **variables: str) -> Ended:
        """One job of the recipe, after those that it needs."""
        self._runs += 1
        disk = self.folder / f"gitlab-{self._runs}"
        self.clone(disk)
        job = self._inherited(yaml.safe_load((disk / RECIPE).read_text(encoding="utf-8")), name)
        given = {**job.get("variables", {}), **variables}
        environment = {
            **self._project(job, given),
            **given,
            "CI_PROJECT_DIR": str(disk),
            "CI_PIPELINE_ID": "42",
        }
        environment |= self._tokens(job, given)
        for need in job.get("needs", []):
            environment |= self._dotenv[need["job"]] if need["artifacts"] else {}
        ended = self._run(job, disk, environment)
        self._dotenv[name] = self._reported(job, disk)
        self._keep(job, disk, name)
        shutil.rmtree(disk)
        return ended

    def _inherited(self, recipe: dict[str, Any], name: str) -> Job:
        own = recipe[name]
        return _over(self._inherited(recipe, own["extends"]), own) if "extends" in own else own

    def _project(self, job: Job, given: dict[str, str]) -> dict[str, str]:
        return {**self.variables, **self.of_environment.get(_environment(job, given), {})}

    def _tokens(self, job: Job, given: dict[str, str]) -> dict[str, str]:
        environment = _environment(job, given)
        subject = f"environment:{environment}" if environment else "branch"
        return {name: self.token(subject, each["aud"]) for name, each in job["id_tokens"].items()}

    def _run(self, job: Job, disk: Path, environment: dict[str, str]) -> Ended:
        # The recipe keeps its cache in the project; here it is that of the machine.
        cache = disk / ".cache"
        cache.symlink_to(self.environment["XDG_CACHE_HOME"])
        script = "\n".join([*job.get("before_script", []), *job["script"]])
        command = ["bash", "-eo", "pipefail", "-c", script]
        code, output = ended(command, disk, {**self.environment, **environment}, SECONDS)
        cache.unlink()
        print(f"{output}\n[ended with {code}]")
        return Ended(code == 0, output)

    def _reported(self, job: Job, disk: Path) -> dict[str, str]:
        pattern = job["artifacts"].get("reports", {}).get("dotenv")
        files = disk.glob(pattern) if pattern else ()
        lines = [line for file in files for line in file.read_text().splitlines()]
        return dict(line.split("=", 1) for line in lines)

    def _keep(self, job: Job, disk: Path, name: str) -> None:
        for path in job["artifacts"]["paths"]:
            if (disk / path).exists():
                shutil.copytree(disk / path, self.folder / "kept" / f"{self._runs}-{name}")


def _environment(job: Job, given: dict[str, str]) -> str:
    name = str(job.get("environment", {}).get("name", ""))
    return given.get(name.removeprefix("$"), name) if name.startswith("$") else name


def _over(below: Job, above: Job) -> Job:
    """One job laid over another: maps are merged, all else is replaced."""
    both = {key: (below[key], above[key]) for key in below.keys() & above.keys()}
    merged = {key: _over(*pair) for key, pair in both.items() if all(isinstance(each, dict) for each in pair)}
    return {**below, **above, **merged}


def run_container(container: dict[str, Any], folder: Path, environment: dict[str, str]) -> Ended:
    """The command of a container as a cluster runs it, in an empty folder."""
    literal = {each["name"]: str(each["value"]) for each in container["env"] if "value" in each}
    command = [*container["command"], *container["args"]]
    code, output = ended(command, folder, {**os.environ, **literal, **environment}, SECONDS)
    print(output)
    return Ended(code == 0, output)
