"""Runs a release for Teardown and Sweep and turns its outcome into words.

Imports runner, gateway and domain.
"""

import os

from ecs_release.domain.plan import Answer
from ecs_release.domain.render import plan_lines
from ecs_release.provider.base import place_lines, remembered
from ecs_release.provider.boundary import refuse
from ecs_release.provider.session import SESSION, new_journal, say
from ecs_release.runner.history import broken_off
from ecs_release.runner.journal import journal_directory
from ecs_release.runner.observe import Errand
from ecs_release.runner.run import Outcome, ReleaseRun


def release(errand: Errand) -> Outcome:
    """One run over one group, with its result printed; raises CloudError and EngineGone."""
    record = errand.record
    gateway = SESSION.gateway(record.cloud)
    errand = SESSION.commissioned(errand)
    earlier = broken_off(journal_directory(os.environ), record.group_id)
    if earlier is not None:
        say(f"{record.group}: continues the run {earlier.name}, which was {earlier.ending}")
    outcome = ReleaseRun(errand, gateway, new_journal(record.group), SESSION.tools()).run()
    remembered(outcome.plan)
    if outcome.done:
        _say_done(errand, outcome)
    return outcome


def check_recorded_place(errand: Errand) -> None:
    """Refuses when the configured region or endpoint is not the recorded one."""
    findings = SESSION.place_findings(errand.record.cloud)
    if findings:
        refuse(place_lines(errand.record.group, findings))


def outcome_lines(outcome: Outcome, ways_on: tuple[str, ...] = ()) -> list[str]:
    """Why a run did not complete, in text: the plan where the plan refused, else each finding."""
    # The plan's own words are the fuller ones; single findings are the cloud's late refusals.
    if outcome.plan.refusals:
        return plan_lines(outcome.plan, ways_on, len(outcome.released))
    group = outcome.plan.group
    lines = [f"{group}: not completed; {len(outcome.released)} instances were told to go"]
    for finding in outcome.findings:
        lines.append(
            f"  {finding.member} {finding.instance_id} {finding.reason.value}: {finding.sentence};"
            f" {finding.advice}"
        )
    return lines


def _say_done(errand: Errand, outcome: Outcome) -> None:
    group = errand.record.group
    for instance in outcome.plan.answered(Answer.GONE):
        for finding in instance.findings:
            name = f"{instance.member} {instance.instance_id}"
            say(f"{group}: {name} {finding.reason.value}: {finding.sentence}")
    if outcome.released:
        say(f"{group}: {len(outcome.released)} released, confirmed gone")
    for thing in outcome.survivors:
        bills = " and bills" if thing.bills else ""
        say(f"{group}: stays{bills}: {thing.kind} {thing.id} ({thing.description}): {thing.why}")
