"""Stored outputs to records and back: the edge where the state is checked.

Imports the domain and pydantic only. `schema` is 1; another number is refused by name.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, ValidationError

from ecs_release.domain.facts import Cloud, DiskKind
from ecs_release.domain.terms import (
    ApprovalTerm,
    Backup,
    DeclaredDisk,
    GroupRecord,
    OnActiveSubscription,
    OnBlocked,
    OnProtected,
    OnPublicIp,
    OnReplaced,
    ReleaseTerms,
    Shutdown,
)

SCHEMA = 1
NO_TIME = "none"
NOT_RENEWED = "NotRenewal"
MINUTE_FORMAT = "%Y-%m-%dT%H:%MZ"


class UnreadableRecord(Exception):
    """A stored record that this version cannot read; the text names the key, in one printable line."""

    def __init__(self, text: str) -> None:
        # A state can hold any text, and what it names is shown on a terminal.
        super().__init__("".join(each if each.isprintable() else " " for each in text))


def is_name(value: Any) -> bool:
    """Whether something can be the name of a project, a stack or a group: it is part of a file's name."""
    return isinstance(value, str) and value != "" and value.isprintable() and "/" not in value


def check_name(value: str) -> str:
    """A name; raises ValueError."""
    if not is_name(value):
        raise ValueError(f"{value!r:.60} is no name")
    return value


Name = Annotated[str, AfterValidator(check_name)]
Word = Annotated[str, Field(min_length=1)]


class _Model(BaseModel):
    # Pulumi adds keys of its own (__provider), and resources differ in what they add.
    model_config = ConfigDict(extra="ignore", frozen=True)


class CloudModel(_Model):
    """Shape of `cloud`."""

    region: Word
    protocol: Literal["HTTPS", "HTTP"] = "HTTPS"
    ecs: str = ""
    sts: str = ""
    bss: str = ""
    vpc: str = ""


class TermsModel(_Model):
    """Shape of `terms`."""

    on_protected: OnProtected = OnProtected.REFUSE
    on_active_subscription: OnActiveSubscription = OnActiveSubscription.REFUSE
    on_replaced: OnReplaced = OnReplaced.REFUSE
    on_blocked: OnBlocked = OnBlocked.STOP
    backup: Backup = Backup.NONE
    shutdown: Shutdown = Shutdown.POWER_OFF
    on_public_ip: OnPublicIp = OnPublicIp.RELEASE
    approval: ApprovalTerm = ApprovalTerm.NONE
    max_instances: int | None = Field(default=None, ge=1)


class DiskModel(_Model):
    """Shape of one element of `disks`."""

    name: Word
    kind: DiskKind
    category: Word
    size_gib: int
    # No defaults: a record that lost one of them must not read as a wish to lose data.
    release_with_instance: StrictBool
    release_auto_snapshots: StrictBool


class RecordModel(_Model):
    """Shape of the stored outputs of a Teardown, and of each group of a Gate."""

    project: Name
    stack: Name
    group: Name
    group_id: str = Field(min_length=8)
    account: str = Field(min_length=1)
    cloud: CloudModel
    # The engine drops empty maps, so an absent one is an empty group.
    members: dict[str, Word] = {}
    disks: list[DiskModel] = []
    terms: TermsModel = TermsModel()
    released_by: str = NO_TIME
    at_expiry: StrictBool = False


def parse_minute(text: str) -> datetime | None:
    """A stored minute as an aware UTC time, None for "none"; raises ValueError on anything else."""
    # A word, because a null does not survive the engine.
    if text in (NO_TIME, ""):
        return None
    return datetime.strptime(text, MINUTE_FORMAT).replace(tzinfo=UTC)


def stored_minute(stored: Mapping[str, Any], key: str) -> datetime | None:
    """The minute under a key, None for "none" or nothing; raises UnreadableRecord, naming the key."""
    try:
        return parse_minute(str(stored.get(key, NO_TIME)))
    except ValueError as error:
        raise UnreadableRecord(
            f"the record of {stored.get('group')} cannot be read: {key}: {error}"
        ) from None


def minute(when: datetime | None) -> str:
    """A time as the state keeps it: UTC to the minute, or "none"."""
    return when.astimezone(UTC).strftime(MINUTE_FORMAT) if when else NO_TIME


def check_schema(outputs: Mapping[str, Any]) -> None:
    """Raises UnreadableRecord unless the outputs are of a schema that this version knows."""
    if outputs.get("schema", SCHEMA) != SCHEMA:
        raise UnreadableRecord(
            f"the state of {outputs.get('group', 'this resource')} has schema {outputs['schema']}, this"
            f" version reads {SCHEMA}; run the version of ecs-release that wrote it, or a newer one"
        )


def parse_cloud(value: Any) -> Cloud:
    """`cloud` as the domain has it; raises UnreadableRecord."""
    try:
        return Cloud(**CloudModel.model_validate(value).model_dump())
    except ValidationError as error:
        raise UnreadableRecord(_one_line("cloud", error)) from None


def parse_disks(value: Any) -> tuple[DeclaredDisk, ...]:
    """`disks` as the domain has it; raises UnreadableRecord."""
    try:
        return tuple(DeclaredDisk(**DiskModel.model_validate(disk).model_dump()) for disk in value or [])
    except ValidationError as error:
        raise UnreadableRecord(_one_line("disks", error)) from None


def parse_record(outputs: Mapping[str, Any]) -> GroupRecord:
    """The record in the outputs of a Teardown; raises UnreadableRecord, naming the key."""
    check_schema(outputs)
    try:
        model = RecordModel.model_validate(dict(outputs))
    except ValidationError as error:
        raise UnreadableRecord(_one_line(str(outputs.get("group", "a group")), error)) from None
    return GroupRecord(
        project=model.project,
        stack=model.stack,
        group=model.group,
        group_id=model.group_id,
        account=model.account,
        cloud=parse_cloud(outputs["cloud"]),
        members=model.members,
        disks=parse_disks(outputs.get("disks")),
        terms=ReleaseTerms(**model.terms.model_dump()),
        released_by=stored_minute(outputs, "released_by"),
        at_expiry=model.at_expiry,
    )


def _one_line(subject: str, error: ValidationError) -> str:
    problems = "; ".join(
        f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}" for problem in error.errors()
    )
    return f"the record of {subject} cannot be read: {problems}"
