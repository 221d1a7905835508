"""One audit of a stack: what ActionTrail has, held against the journals and receipts of a folder.

Imports gateway and domain, and what the runner knows of its own doings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ecs_release.domain.audit import ACTIONS, CREATION, Finding, Verdict, audited, made_by
from ecs_release.gateway.trail import AuditTrail
from ecs_release.runner.own_doings import own_doings


@dataclass(frozen=True, slots=True)
class Audited:
    """What was found in a period; `members` names every instance of the stack that is known of."""

    since: datetime
    until: datetime
    members: Mapping[str, str]
    findings: tuple[Finding, ...]
    unreadable: tuple[str, ...]

    def of(self, verdict: Verdict) -> tuple[Finding, ...]:
        """The findings of one verdict."""
        return tuple(each for each in self.findings if each.verdict is verdict)


def audit_of(
    project: str,
    stack: str,
    recorded: Mapping[str, str],
    trail: AuditTrail,
    folder: Path,
    since: datetime,
    until: datetime,
) -> Audited:
    """What was done to the instances of a stack, and whose doing it was. Raises CloudError.

    `recorded` has the members of the state by id. Who left it is known from journals, receipts and creations.
    """
    happenings = trail.happenings((*ACTIONS, CREATION), since, until)
    own = own_doings(folder, project, stack)
    members = {**made_by(happenings, project, stack), **own.members, **recorded}
    findings = audited(happenings, own.calls, members)
    return Audited(since, until, members, findings, own.unreadable)
