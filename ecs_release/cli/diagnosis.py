"""`ecs-release doctor`: what stands between this machine and a release, each with a fix.

Imports cli, gateway, domain and stacks. Makes calls without effect only.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Annotated

import typer

from ecs_release.cli.output import EXPECTED, AsJson, Stack, answered, show, show_table
from ecs_release.cli.policies import Role, show_policy
from ecs_release.cli.project import Project, project_of
from ecs_release.cli.state import StateUnavailable, export_stack, records_in
from ecs_release.domain.rights import Command, Scope
from ecs_release.domain.terms import GroupRecord
from ecs_release.gateway.actions import ACTIONS
from ecs_release.gateway.errors import CloudError
from ecs_release.gateway.gateway import Gateway
from ecs_release.gateway.rights import PROBES, Probe
from stacks.load import Context, load

HEAD = ("check", "result", "found", "what to do")
OK, WRONG, MISSING, UNKNOWN = "ok", "WRONG", "missing", "unknown"
# Signatures are refused from fifteen minutes on; a minute is more than any clock that is kept right.
MOST_SKEW_SECONDS = 60
COMMAND_SECONDS = 30
# Of the CLI that everything here was tried with; a newer one will do.
OLDEST_PULUMI = "3.259.0"
# Rights are asked before it is looked up; one that is narrowed by tags shows only on a member.
NOBODY = "i-doctor"
Check = tuple[str, str, str, str]
AsPolicy = Annotated[bool, typer.Option("--policy", help="Prints a RAM policy instead of checking.")]
Of = Annotated[
    Command | None, typer.Option("--command", help="With --policy: what this command needs; else destroy.")
]
OfRole = Annotated[Role | None, typer.Option("--role", help="With --policy: one of the two separate roles.")]


def doctor(
    stack: Stack,
    as_json: AsJson = False,
    policy: AsPolicy = False,
    command: Of = None,
    role: OfRole = None,
) -> None:
    """Credentials, rights, endpoints, clock, versions, configuration, each with a fix; or a RAM policy."""
    if policy:
        answered(lambda: show_policy(stack, command, role))
        return
    if command or role:
        raise typer.BadParameter("--command and --role say which policy; give --policy with them")
    project = answered(lambda: project_of(stack))
    checks = list(_checks(project, stack))
    if as_json:
        show(json.dumps([dict(zip(HEAD, check, strict=True)) for check in checks], indent=2))
    else:
        show_table(HEAD, checks)
    raise typer.Exit(1 if any(check[1] == WRONG for check in checks) else 0)


def _checks(project: Project, stack: str) -> Iterator[Check]:
    yield from _versions()
    yield from _configuration(project)
    yield from _endpoints(project)
    gateway = Gateway(project.cloud)
    records = list[GroupRecord]()
    yield from _state(stack, records)
    yield from _cloud(gateway, records)


def _versions() -> Iterator[Check]:
    yield "python", OK, ".".join(map(str, sys.version_info[:3])), ""
    yield "ecs-release", OK, version("ecs-release"), ""
    yield _compared("pulumi", _output("pulumi", "version").removeprefix("v"), OLDEST_PULUMI)
    yield _compared("alicloud plugin", _plugin(), version("pulumi-alicloud"))


def _compared(name: str, found: str, wanted: str) -> Check:
    if not found:
        return name, WRONG, "not found", "run `make toolchain`"
    if _numbers(found) < _numbers(wanted):
        return name, WRONG, f"{found}, older than {wanted}", "run `make toolchain`"
    return name, OK, found, ""


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.partition("-")[0].split(".") if part.isdigit())


def _plugin() -> str:
    try:
        listed = json.loads(_output("pulumi", "plugin", "ls", "--json") or "[]")
        found = [str(each["version"]) for each in listed if each.get("name") == "alicloud"]
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        return ""
    return max(found, key=_numbers, default="")


def _output(*command: str) -> str:
    program = shutil.which(command[0])
    if program is None:
        return ""
    try:
        done = subprocess.run(
            [program, *command[1:]],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _configuration(project: Project) -> Iterator[Check]:
    try:
        load(project.config, Context(project.stack, preview=True))
    except EXPECTED as error:
        for line in str(error).splitlines():
            yield "configuration", WRONG, line.strip(), f"correct {project.file}"
        return
    yield "configuration", OK, str(project.file), ""


def _endpoints(project: Project) -> Iterator[Check]:
    cloud = project.cloud
    for product in ("ecs", "sts", "bss", "vpc"):
        host = getattr(cloud, product)
        yield f"endpoint {product}", OK, f"{cloud.protocol} {host or 'official'}, {cloud.region}", ""


def _state(stack: str, records: list[GroupRecord]) -> Iterator[Check]:
    try:
        records += records_in(export_stack(stack))
    except StateUnavailable as error:
        yield "state", UNKNOWN, str(error), "log in to the backend with `pulumi login`"
        return
    except EXPECTED as error:
        yield "state", WRONG, str(error), ""
        return
    yield "state", OK, f"{len(records)} groups recorded", ""


def _cloud(gateway: Gateway, records: list[GroupRecord]) -> Iterator[Check]:
    try:
        identity = gateway.identity()
    except CloudError as error:
        yield "credentials", WRONG, str(error), "nothing else in the cloud could be checked"
        return
    yield "credentials", OK, identity.arn or identity.account, ""
    for record in records:
        if record.account != identity.account:
            found = f"{record.group} is recorded in {record.account}, this is {identity.account}"
            yield "account", WRONG, found, "use credentials of the recorded account"
    yield _clock(gateway.cloud_time(), datetime.now(UTC))
    ids = [id_ for record in records for id_ in record.members.values()]
    for probe in PROBES:
        yield _right(probe, gateway, ids[0] if ids else NOBODY)


def _clock(cloud: datetime, here: datetime) -> Check:
    skew = abs((cloud - here).total_seconds())
    if skew <= MOST_SKEW_SECONDS:
        return "clock", OK, f"{skew:.0f} s off the cloud's", ""
    return "clock", WRONG, f"{skew:.0f} s off the cloud's", "set this machine's clock, by NTP for example"


def _right(probe: Probe, gateway: Gateway, instance_id: str) -> Check:
    name, needed = f"right {probe.right}", f"needed for: {probe.purpose}"
    try:
        has = gateway.has_right(probe, instance_id)
    except CloudError as error:
        return name, UNKNOWN, str(error), needed
    if has is None:
        return name, UNKNOWN, "no call without effect can tell", needed
    if has:
        return name, OK, "", ""
    # Without a member there is nothing that carries the tags to which a right may be narrowed.
    if instance_id == NOBODY and _is_narrowed(probe):
        return name, UNKNOWN, "refused where nothing carries the stack's tags", needed
    return name, WRONG if probe.always else MISSING, "refused", f"grant it; {needed}"


def _is_narrowed(probe: Probe) -> bool:
    return any(grant.scope is not Scope.OPEN for grant in ACTIONS[probe.action].grants)
