"""From an errand to a plan: the first look, which an approval is held against, and those after it.

Imports gateway, domain and the observation beside it. Changes nothing in the cloud.
"""

from dataclasses import replace

from ecs_release.domain.approval import approved_plan, beyond
from ecs_release.domain.claims import GroupFacts, disputed
from ecs_release.domain.plan import Plan, plan_release
from ecs_release.gateway.gateway import Gateway
from ecs_release.runner.observe import Errand, Sightings, identity_findings, observe


def look(errand: Errand, gateway: Gateway, sightings: Sightings) -> Plan:
    """The plan for an errand at this moment; changes nothing, raises CloudError."""
    return Look(errand, gateway, sightings).first()


class Look:
    """The looks of one run."""

    def __init__(self, errand: Errand, gateway: Gateway, sightings: Sightings) -> None:
        self._errand, self._gateway, self._sightings = errand, gateway, sightings
        self._first_seen: frozenset[str] | None = None

    def first(self) -> Plan:
        """The plan that is approved or refused; raises CloudError."""
        record = self._errand.record
        wrong = identity_findings(record, self._gateway.identity())
        if wrong:
            return Plan(record.group, record.group_id, self._gateway.cloud_time(), findings=wrong)
        return approved_plan(self._facts(), self._errand.terms, self._errand.commission)

    def again(self, first: Plan) -> Plan:
        """The plan of a later round, refused where it goes beyond an approved first one."""
        facts = self._facts()
        plan = plan_release(facts, first.terms, facts.observation.taken_at)
        return replace(plan, findings=(*plan.findings, *beyond(first, plan))) if first.approved else plan

    def _facts(self) -> GroupFacts:
        observation = observe(self._errand, self._gateway, self._sightings)
        seen = frozenset(facts.instance_id for facts in observation.instances)
        self._first_seen = seen if self._first_seen is None else self._first_seen
        # What turns up in mid-run was in no plan that anybody has read: it waits for the next run.
        late = seen - self._first_seen
        facts = self._errand.facts(replace(observation, disputed=self._sightings.disputed | late))
        self._sightings.disputed |= disputed(facts) - late
        return facts
