"""The commands that change nothing: preview, plan and check. Imports the domain and its siblings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ecs_release.domain.reasons import Reason
from ecs_release.domain.render import SETTLED_BY_DIGEST

from . import report
from .commands import Commands, Done
from .files import LOCAL
from .place import write_approvals, write_report

DONE, ERROR, REFUSED, DIFFERS = 0, 1, 10, 12
# What `ecs-release plan` ends with when there is a plan: will go, refused, nothing to do.
_PLANNED = (0, 10, 11)
_NO_CHANGES_EXPECTED = 7
_NOTHING_DECLARED = 11
_ASKED = re.compile(r"ECS_RELEASE_APPROVE=([0-9a-f]{12}(?:@[0-9.]+)?)")
_DIGEST = re.compile(r"\bdigest: ([0-9a-f]{12})\b")
_AS_PLANNED = re.compile(rf"(i-\S+) {Reason.SCHEDULE.value}: released as planned")
_DAYS_AHEAD = 7


def approvals_in(text: str) -> list[str]:
    """The digests that a text of plans asks for or names; one with a quote stands for the bare one."""
    asked = list(dict.fromkeys(_ASKED.findall(text)))
    known = {digest.partition("@")[0] for digest in asked}
    return [*asked, *(digest for digest in dict.fromkeys(_DIGEST.findall(text)) if digest not in known)]


def preview(commands: Commands) -> int:
    """What `up` would do, with the digests of what it would release, and the plan of a destroy."""
    done = commands.asked("pulumi", "preview", "--json")
    engine = done.json
    told = report.messages(engine or {})
    approvals = approvals_in("\n".join(told))
    write_approvals(commands.stack, approvals)
    failed = "" if done.code == 0 else f"**The preview failed** with exit code {done.code}."
    text = report.document(
        f"ecs-release: preview of `{commands.stack}`",
        failed,
        report.changes(engine) if engine else report.block(done.printed),
        report.block("\n".join(told)),
        _approval_note(approvals),
        report.folded("What a destroy would do now", _plan_text(commands)),
    )
    write_report(commands.stack, "preview", report.shortened(text))
    return DONE if done.code == 0 else ERROR


def _plan_text(commands: Commands) -> str:
    done = commands.asked("ecs-release", "plan", "--markdown")
    return done.printed if done.code in _PLANNED else ""


def _approval_note(approvals: list[str]) -> str:
    return f"Approves this: `ECS_RELEASE_APPROVE={','.join(approvals)}`" if approvals else ""


def plan(commands: Commands) -> int:
    """What a destroy would do now; refused only for what no digest settles."""
    done = commands.asked("ecs-release", "plan", "--json")
    plans = done.json
    if done.code not in _PLANNED or plans is None:
        return ERROR
    approvals = [_approval_of(group) for group in plans["groups"] if group["digest"]]
    write_approvals(commands.stack, approvals)
    text = report.document(
        f"ecs-release: what a destroy of `{commands.stack}` would do",
        _plan_text(commands),
        _approval_note(approvals),
    )
    write_report(commands.stack, "plan", report.shortened(text))
    # A plan that only waits for its digest is what the reviewers are to see; another one asks them in vain.
    settled = {reason.value for reason in SETTLED_BY_DIGEST}
    return REFUSED if set(_reasons(plans)) - settled else DONE


def _approval_of(group: Mapping[str, Any]) -> str:
    asked = _ASKED.search(" ".join(finding["sentence"] for finding in group["findings"]))
    return asked[1] if asked else str(group["digest"])


def _reasons(plans: Mapping[str, Any]) -> Iterator[str]:
    for group in plans["groups"]:
        held = [group, *(each for each in group["instances"] if each["answer"] == "refuse")]
        yield from (str(finding["reason"]) for each in held for finding in each["findings"])


def check(commands: Commands, files: list[str]) -> int:
    """Whether the cloud is as recorded, the file applied, and every stack has a file."""
    drift = commands.asked("pulumi", "refresh", "--preview-only", "--expect-no-changes", "--json")
    pending = commands.asked("pulumi", "preview", "--expect-no-changes", "--json")
    broken = [done for done in (drift, pending) if done.code not in (0, _NO_CHANGES_EXPECTED)]
    findings = [] if broken else [*_differences(drift, pending), *_without_file(commands, files)]
    # Both say what the schedules are about, in the same words.
    told = dict.fromkeys(text for done in (drift, pending) for text in report.messages(done.json or {}))
    text = report.document(
        f"ecs-release: check of `{commands.stack}`",
        *("**The check failed.**" for _ in broken[:1]),
        *(report.block(done.printed) for done in broken if not done.json),
        "\n".join(f"- {finding}" for finding in findings)
        or ("" if broken else "Cloud, state and file agree."),
        report.block("\n".join(told)),
        f"Ends within {_DAYS_AHEAD} days:\n\n{_calendar(commands)}",
    )
    write_report(commands.stack, "check", report.shortened(text))
    return ERROR if broken else DIFFERS if findings else DONE


def _differences(drift: Done, pending: Done) -> Iterator[str]:
    if drift.code and not _only_released_as_planned(drift.json or {}):
        counted = _counted(drift.json or {})
        yield f"the cloud is not as recorded: {counted}; `pulumi up --refresh` sets it right"
    if pending.code:
        yield f"the file is not applied: {_counted(pending.json or {})}; `pulumi up` applies it"


def _counted(engine: Mapping[str, Any]) -> str:
    counts = engine.get("changeSummary") or {}
    return ", ".join(f"{count} to {name}" for name, count in counts.items() if name != "same")


def _only_released_as_planned(engine: Mapping[str, Any]) -> bool:
    """A member that went at its time is what was declared, although the engine would drop its record."""
    planned = set(_AS_PLANNED.findall("\n".join(report.messages(engine))))
    gone = [step for step in engine.get("steps") or () if step.get("op") == "delete"]
    counts = {name: count for name, count in (engine.get("changeSummary") or {}).items() if name != "same"}
    ids = {str((step.get("oldState") or {}).get("id")) for step in gone}
    return counts == {"delete": len(gone)} and ids <= planned


def _without_file(commands: Commands, files: list[str]) -> Iterator[str]:
    """Stacks of the project that hold something and that nobody can find in the repository."""
    listed = commands.asked_of_project("pulumi", "stack", "ls", "--json").json or []
    for each in listed:
        name = str(each["name"]).rpartition("/")[2]
        count = each.get("resourceCount")
        if name not in (*files, LOCAL) and count:
            yield f"the stack {name} has {count} resources and no file; destroy it or put the file back"


def _calendar(commands: Commands) -> str:
    done = commands.asked("ecs-release", "calendar", "--days", str(_DAYS_AHEAD), "--json")
    if done.code not in (0, _NOTHING_DECLARED):
        return "not known, see the run's output"
    lines = done.json or []
    rows = [
        (str(line["group"]), str(end["when"]), ", ".join(end["members"]), str(end["source"]))
        for line in lines
        for end in line["ends"]
    ]
    # What could not be seen is no promise that nothing ends.
    notes = [f"{line['group']}: {line['note']}" for line in lines if line["note"]]
    return "\n\n".join([report.table(("group", "when", "members", "where from"), rows) or "nothing", *notes])
