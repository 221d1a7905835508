"""A stand-in for GitHub's side: runs the jobs of our workflow files as they are written, each on a clone.

It knows workflow_call, matrices, needs, environments with variables and reviewers, outputs, summaries and
artefacts. What a job does itself, every `run`, is run by bash as GitHub runs it.
"""

import fnmatch
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.commands import ended
from tests.e2e.expressions import filled, holds

WORKFLOWS, SECONDS = "gitops/github", 300
# What the platform's own actions do is either done below or of no effect here.
WITHOUT_EFFECT = ("actions/cache", "pulumi/auth-actions")
Contexts = dict[str, Any]
Workflow = dict[str, Any]


@dataclass
class Job:
    """A job that was run: how it ended, what it printed and gave out."""

    name: str
    stack: str
    outputs: dict[str, str] = field(default_factory=dict)
    printed: str = ""
    summary: str = ""
    ok: bool = True


@dataclass
class GitHub:
    """One repository with its settings; `clone` gives a checkout of the commit in question."""

    folder: Path
    clone: Callable[[Path], None]
    environment: dict[str, str]
    variables: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    of_environment: dict[str, dict[str, str]] = field(default_factory=dict)
    # Asked before a job of an environment; what it sees are the jobs so far.
    review: Callable[[str, list["Job"]], bool] = lambda environment, jobs: True
    # What a job of this subject gets for fetching its token; only one with `id-token: write` does.
    tokens: Callable[[str], dict[str, str]] = lambda subject: {}
    artefacts: dict[str, Path] = field(default_factory=dict)
    _without: tuple[str, ...] = ()

    def event(self, workflow: str, name: str, without: tuple[str, ...] = (), **event: Any) -> list[Job]:
        """All jobs of a workflow that an event starts, as they ran, but for those named."""
        github = {
            "event_name": name,
            "event": event,
            "repository": "team/stacks",
            "token": "",
            "run_attempt": 1,
        }
        inputs = event.get("inputs", {})
        jobs: list[Job] = []
        self._without = without
        self._workflow(workflow, {"github": github, "inputs": inputs}, jobs)
        return jobs

    def _workflow(self, file: str, contexts: Contexts, jobs: list[Job]) -> bool:
        text = (self._source() / WORKFLOWS / file).read_text(encoding="utf-8")
        done: dict[str, Any] = {}
        ok = True
        for name, job in yaml.safe_load(text)["jobs"].items():
            needed = [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", [])
            known = {**contexts, "needs": done, "vars": self.variables, "secrets": self.secrets}
            known["job"] = {"status": _status([done.get(each) for each in needed])}
            if name in self._without or not holds(job.get("if"), known):
                continue
            rows = [{**known, "matrix": row, "job": {"status": "success"}} for row in _matrix(job, known)]
            results = [self._job(name, job, row, jobs) for row in rows]
            done[name] = {"ok": all(each.ok for each in results), "outputs": results[-1].outputs}
            ok = ok and done[name]["ok"]
        return ok

    def _source(self) -> Path:
        source = self.folder / "source"
        shutil.rmtree(source, ignore_errors=True)
        self.clone(source)
        return source

    def _job(self, name: str, job: Workflow, contexts: Contexts, jobs: list[Job]) -> Job:
        if "uses" in job:
            inputs = filled(job.get("with", {}), contexts)
            file = Path(job["uses"]).name
            return Job(name, "", ok=self._workflow(file, {**contexts, "inputs": inputs}, jobs))
        environment = filled(job.get("environment", ""), contexts)
        if environment:
            assert self.review(environment, jobs), "the reviewers said no"
            contexts = {**contexts, "vars": {**self.variables, **self.of_environment.get(environment, {})}}
        return Runner(self, name, job, contexts, jobs).run()


def _subject(job: Workflow, contexts: Contexts) -> str:
    """Whom a job's token speaks of: its environment, else the pull request, else the branch."""
    environment = filled(job.get("environment", ""), contexts)
    github = contexts["github"]
    if environment:
        return f"repo:{github['repository']}:environment:{environment}"
    is_pull = github["event_name"] == "pull_request"
    return f"repo:{github['repository']}:{'pull_request' if is_pull else 'ref:refs/heads/main'}"


def _status(needed: list[dict[str, Any] | None]) -> str:
    """What a job finds of those that it needs; one that was left out is no failure, but no success either."""
    if any(each is not None and not each["ok"] for each in needed):
        return "failure"
    return "skipped" if None in needed else "success"


def _as_text(values: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}


def _matrix(job: Workflow, contexts: Contexts) -> Iterator[dict[str, Any]]:
    axes = filled(job.get("strategy", {}).get("matrix", {}), contexts)
    if not axes:
        yield {}
        return
    ((axis, values),) = axes.items()
    yield from ({axis: value} for value in values)


class Runner:
    """A machine that lives for one job."""

    def __init__(self, hub: GitHub, name: str, job: Workflow, contexts: Contexts, jobs: list[Job]) -> None:
        self._hub, self._job = hub, job
        self.disk = hub.folder / f"runner-{len(jobs)}-{name}"
        self._contexts = {**contexts, "steps": {}, "runner": {"os": "Linux"}}
        self._contexts["github"] = {**contexts["github"], "job": name}
        self._environment = _as_text(filled(job.get("env", {}), contexts))
        if job.get("permissions", {}).get("id-token") == "write":
            self._environment |= hub.tokens(_subject(job, contexts))
        matrix, inputs = contexts.get("matrix", {}), contexts.get("inputs", {})
        self._result = Job(name, matrix.get("stack") or inputs.get("stack", ""))
        jobs.append(self._result)

    def run(self) -> Job:
        """All steps, then the outputs; the disk is gone afterwards."""
        self._steps(self._job["steps"], self._contexts)
        self._result.ok = self._contexts["job"]["status"] == "success"
        self._result.outputs = filled(self._job.get("outputs", {}), self._contexts)
        shutil.rmtree(self.disk, ignore_errors=True)
        return self._result

    def _steps(self, steps: list[Workflow], contexts: Contexts) -> None:
        for step in steps:
            if holds(step.get("if"), contexts):
                outputs = self._step(step, contexts)
                contexts["steps"][step.get("id", "")] = {"outputs": outputs}

    def _step(self, step: Workflow, contexts: Contexts) -> dict[str, str]:
        if "run" in step:
            return self._bash(filled(step["run"], contexts), filled(step.get("env", {}), contexts), contexts)
        given, action = filled(step.get("with", {}), contexts), step["uses"].partition("@")[0]
        if action.startswith("./"):
            return self._composite(action, given, contexts)
        if action == "actions/checkout":
            self._hub.clone(self.disk)
        elif action == "actions/upload-artifact":
            self._keep(given)
        elif action == "actions/download-artifact":
            self._fetch(given)
        else:
            assert action in WITHOUT_EFFECT, f"an action that this stand-in does not know: {action}"
        return {}

    def _composite(self, action: str, given: dict[str, Any], contexts: Contexts) -> dict[str, str]:
        described = yaml.safe_load((self.disk / action / "action.yml").read_text(encoding="utf-8"))
        assert set(given) <= set(described["inputs"])
        defaults = {name: each.get("default", "") for name, each in described["inputs"].items()}
        own = {**contexts, "inputs": {**defaults, **given}, "steps": {}}
        self._steps(described["runs"]["steps"], own)
        return {name: filled(each["value"], own) for name, each in described["outputs"].items()}

    def _bash(self, script: str, environment: dict[str, str], contexts: Contexts) -> dict[str, str]:
        output, summary = self.disk.with_suffix(".output"), self.disk.with_suffix(".summary")
        output.write_text("")
        summary.touch()
        files = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_RUN_ID": "4711"}
        self.disk.mkdir(exist_ok=True)
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        surroundings = {**self._hub.environment, **files, **self._environment, **_as_text(environment)}
        code, printed = ended(command, self.disk, surroundings, SECONDS)
        print(f"$ {script}\n{printed}\n[ended with {code}]")
        self._result.printed += printed
        self._result.summary = summary.read_text()
        if code:
            contexts["job"]["status"] = "failure"
        return dict(line.split("=", 1) for line in output.read_text().splitlines())

    def _keep(self, given: dict[str, Any]) -> None:
        source = self.disk / given["path"]
        if source.exists():
            # Files and folders with a dot are left out unless asked for.
            assert given["include-hidden-files"]
            kept = self._hub.folder / "artefacts" / given["name"]
            shutil.copytree(source, kept, dirs_exist_ok=True)
            self._hub.artefacts[given["name"]] = kept

    def _fetch(self, given: dict[str, Any]) -> None:
        for name, kept in self._hub.artefacts.items():
            if fnmatch.fnmatch(name, given["pattern"]):
                shutil.copytree(kept, self.disk / given["path"], dirs_exist_ok=True)
