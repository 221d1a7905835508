"""Reads what a stack's state records of its groups, through `pulumi stack export`.

Imports runner and domain. The program of the stack does not run.
"""

import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ecs_release.domain.terms import GroupRecord
from ecs_release.runner.records import parse_record

# As a Python program declares them, and as the package for other languages does.
TEARDOWN_TYPES = ("pulumi-python:dynamic/ecs-release:Teardown", "ecs-release:index:Teardown")
SWEEP_TYPES = ("pulumi-python:dynamic/ecs-release:Sweep", "ecs-release:index:Sweep")
EXPORT_SECONDS = 60
NOT_KNOWN = "no stack named"


class StateUnavailable(Exception):
    """The state of a stack cannot be had; the text says why and what to do."""


class NoSuchStack(StateUnavailable):
    """The backend was asked, and knows no stack of this name."""


class _ResourceModel(BaseModel):
    model_config = ConfigDict(extra="ignore")
    type: str
    id: str = ""
    outputs: dict[str, Any] = {}
    delete: bool = False


class _DeploymentModel(BaseModel):
    model_config = ConfigDict(extra="ignore")
    resources: list[_ResourceModel] = []


class _ExportModel(BaseModel):
    model_config = ConfigDict(extra="ignore")
    deployment: _DeploymentModel


def export_stack(stack: str) -> str:
    """The exported state of a stack as JSON text; raises StateUnavailable."""
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        raise StateUnavailable("pulumi is not on PATH, so the state cannot be read; run `make toolchain`")
    # Without --show-secrets: nothing here needs one.
    command = [pulumi, "stack", "export", "--stack", stack, "--non-interactive"]
    try:
        # What is no UTF-8 shows as such in the error about it.
        done = subprocess.run(
            command,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=EXPORT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise StateUnavailable(f"the state of {stack} was not read within {EXPORT_SECONDS} s") from None
    except OSError as error:
        raise StateUnavailable(f"{pulumi} does not run ({error.strerror}); run `make toolchain`") from None
    if done.returncode:
        why = " ".join(done.stderr.split()) or f"pulumi ended with {done.returncode} and no word"
        kind = NoSuchStack if NOT_KNOWN in why else StateUnavailable
        raise kind(f"the state of {stack} cannot be read: {why}; name another with --stack")
    return done.stdout


def records_in(exported: str) -> tuple[GroupRecord, ...]:
    """The groups that an exported state records; raises StateUnavailable and UnreadableRecord.

    A group whose first `up` broke off has a Sweep and no Teardown; its record has no members.
    """
    resources = _resources(exported)
    records = list(_records_of(resources, TEARDOWN_TYPES))
    ends = {record.group_id for record in records}
    swept = (record for record in _records_of(resources, SWEEP_TYPES) if record.group_id not in ends)
    return (*records, *swept)


def recorded_ids(exported: str) -> frozenset[str]:
    """The cloud's ids of everything that an exported state records; raises StateUnavailable."""
    return frozenset(resource.id for resource in _resources(exported) if resource.id)


def _resources(exported: str) -> list[_ResourceModel]:
    try:
        return _ExportModel.model_validate_json(exported).deployment.resources
    except ValidationError as error:
        what = error.errors()[0]
        place = ".".join(str(part) for part in what["loc"]) or "the whole"
        raise StateUnavailable(
            f"the exported state is not of the known form: {place}: {what['msg']}; see `pulumi stack export`"
        ) from None


def _records_of(resources: list[_ResourceModel], types: tuple[str, ...]) -> Iterator[GroupRecord]:
    for resource in resources:
        # Marked for deletion means replaced: its successor holds the group.
        if resource.type in types and not resource.delete:
            # A Sweep has the names of its members and no ids.
            nobody: dict[str, Any] = {"members": {}} if types == SWEEP_TYPES else {}
            yield parse_record({**resource.outputs, **nobody})
