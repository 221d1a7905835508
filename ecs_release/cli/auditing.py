"""`ecs-release audit`: what was done to a stack's instances, and whose doing it was.

Imports cli, runner, gateway, domain and stacks.
"""

import json
import os
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from ecs_release.cli.output import (
    NOTHING_TO_DO,
    REFUSED,
    AsJson,
    Stack,
    Unusable,
    answered,
    show,
    show_table,
)
from ecs_release.cli.planning import AsMarkdown
from ecs_release.cli.project import Project, project_of
from ecs_release.cli.state import export_stack, records_in
from ecs_release.domain.audit import Finding, Verdict
from ecs_release.domain.schedule import parse_span
from ecs_release.gateway.gateway import Gateway
from ecs_release.gateway.trail import AuditTrail
from ecs_release.runner.auditing import Audited, audit_of
from ecs_release.runner.journal import journal_directory
from stacks.cloud import trail_host

HEAD = ("when", "what", "member", "instance", "who", "from", "call", "verdict", "client", "request", "why")
SHOWN = HEAD[:8]
KEPT = timedelta(days=90)
LATE = "ActionTrail shows a call up to 10 minutes after it was made"
Since = Annotated[
    str, typer.Option("--since", help="From when on: a duration like 7d or 12h, or an ISO time; 90d at most.")
]


def audit(
    stack: Stack, since: Since = "7d", as_json: AsJson = False, as_markdown: AsMarkdown = False
) -> None:
    """Releases, refunds, lifts of protection and changes of release times that no run here accounts for."""
    found = answered(lambda: _found(project_of(stack), stack, since))
    rows = [_row(finding, found) for finding in found.findings]
    foreign = [row for row in rows if row["verdict"] == Verdict.FOREIGN.value]
    if as_json:
        show(json.dumps(_document(stack, found, rows), indent=2))
    elif as_markdown:
        show("\n".join(_markdown(stack, found, rows)))
    else:
        show(_summary(stack, found))
        if rows:
            show_table(SHOWN, [tuple(row[name] for name in SHOWN) for row in rows])
    raise typer.Exit(REFUSED if foreign else 0 if rows else NOTHING_TO_DO)


def _found(project: Project, stack: str, since: str) -> Audited:
    gateway = Gateway(project.cloud)
    account = gateway.identity().account
    records = records_in(export_stack(stack))
    elsewhere = {record.account for record in records} - {account}
    # Another account's trail knows nothing of these instances, and silence would read as innocence.
    if elsewhere:
        raise Unusable(f"{stack} is in account {', '.join(elsewhere)}, these credentials are of {account}")
    now = gateway.cloud_time()
    begin = _moment(since, now)
    members = {id_: member for record in records for member, id_ in record.members.items()}
    trail = AuditTrail(project.cloud, trail_host(project.config))
    folder = journal_directory(os.environ)
    return audit_of(project.name, project.stack, members, trail, folder, begin, now)


def _moment(text: str, now: datetime) -> datetime:
    try:
        begin = now - parse_span(text)
    except ValueError:
        begin = _time(text)
    if not now - KEPT <= begin <= now:
        raise typer.BadParameter(f"{text} is not within the 90 days that ActionTrail keeps")
    return begin


def _time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is neither a duration like 7d nor an ISO time") from None
    if moment.tzinfo is None:
        raise typer.BadParameter(f"{text} has no offset; end it with Z or +08:00")
    return moment


def _row(finding: Finding, found: Audited) -> dict[str, str]:
    happening = finding.happening
    ours = sorted(happening.instances & found.members.keys(), key=lambda id_: (found.members[id_], id_))
    detail = f" ({happening.detail})" if happening.detail else ""
    values = (
        happening.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        f"{finding.deed.value}{detail}",
        ", ".join(dict.fromkeys(found.members[id_] for id_ in ours)),
        ", ".join(ours),
        happening.who,
        happening.source_ip,
        happening.action,
        finding.verdict.value,
        happening.client,
        happening.request_id,
        finding.why,
    )
    return dict(zip(HEAD, values, strict=True))


def _summary(stack: str, found: Audited) -> str:
    counted = [f"{len(found.of(verdict))} {verdict.value}" for verdict in Verdict if found.of(verdict)]
    period = f"{found.since:%Y-%m-%dT%H:%MZ} to {found.until:%Y-%m-%dT%H:%MZ}"
    told = ", ".join(counted) or "nothing was done"
    lines = [f"{stack}: {len(found.members)} instances, {period}: {told}; {LATE}"]
    lines += [
        f"warning: {each} cannot be read; what it tells may pass for not ours" for each in found.unreadable
    ]
    return "\n".join(lines)


def _document(stack: str, found: Audited, rows: list[dict[str, str]]) -> dict[str, object]:
    return {
        "schema": 1,
        "stack": stack,
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "instances": sorted(found.members),
        "findings": rows,
        "unreadable": list(found.unreadable),
    }


def _markdown(stack: str, found: Audited, rows: list[dict[str, str]]) -> list[str]:
    lines = [f"# Audit of {stack}", "", _summary(stack, found), ""]
    if rows:
        cells = [SHOWN, ("---",) * len(SHOWN), *(tuple(row[name] for name in SHOWN) for row in rows)]
        lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in cells]
    return lines
