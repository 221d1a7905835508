"""Reads what a stack's state records of its groups, through `pulumi stack export`.

Imports runner and domain. The program of the stack does not run.
"""

import json
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


class StateUnavailable(Exception):
    """The state of a stack cannot be had; the text says why and what to do."""


class _ResourceModel(BaseModel):
    model_config = ConfigDict(extra="ignore")
    type: str
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
        done = subprocess.run(command, capture_output=True, text=True, timeout=EXPORT_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise StateUnavailable(f"the state of {stack} was not read within {EXPORT_SECONDS} s") from None
    if done.returncode:
        why = " ".join(done.stderr.split())
        raise StateUnavailable(f"the state of {stack} cannot be read: {why}; name another with --stack")
    return done.stdout


def records_in(exported: str) -> tuple[GroupRecord, ...]:
    """The groups that an exported state records; raises StateUnavailable and UnreadableRecord.

    A group whose first `up` broke off has a Sweep and no Teardown; its record has no members.
    """
    try:
        resources = _ExportModel.model_validate_json(exported).deployment.resources
    except (ValidationError, json.JSONDecodeError) as error:
        raise StateUnavailable(f"the exported state is not of the known form: {error}") from None
    records = list(_records_of(resources, TEARDOWN_TYPES))
    ends = {record.group_id for record in records}
    swept = (record for record in _records_of(resources, SWEEP_TYPES) if record.group_id not in ends)
    return (*records, *swept)


def _records_of(resources: list[_ResourceModel], types: tuple[str, ...]) -> Iterator[GroupRecord]:
    for resource in resources:
        # Marked for deletion means replaced: its successor holds the group.
        if resource.type in types and not resource.delete:
            outputs = resource.outputs
            members = outputs.get("members") if isinstance(outputs.get("members"), dict) else {}
            yield parse_record({**outputs, "members": members})
