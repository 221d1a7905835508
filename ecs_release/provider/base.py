"""What the five providers share: configuration, the record of a place, warnings.

Imports pulumi, runner, gateway and domain.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi.dynamic import ConfigureRequest, ReadResult, ResourceProvider

from ecs_release.domain.facts import Cloud
from ecs_release.domain.plan import Plan
from ecs_release.domain.reasons import Finding, Reason
from ecs_release.domain.render import plan_lines
from ecs_release.domain.terms import GroupRecord
from ecs_release.gateway.errors import CloudError
from ecs_release.provider.boundary import inputs_of, refuse
from ecs_release.provider.session import SESSION, say
from ecs_release.runner.observe import Errand
from ecs_release.runner.records import SCHEMA, check_schema, parse_cloud
from ecs_release.runner.remembered import Remembered
from ecs_release.runner.run import look

ASKING = (Reason.NEEDS_APPROVAL, Reason.APPROVAL_IS_STALE)


class CloudProvider(ResourceProvider):
    """A provider that knows the stack's configured region and endpoints; it keeps no other state."""

    def configure(self, req: ConfigureRequest) -> None:
        """Hands the stack's region and endpoints to the session, for comparison with records."""
        SESSION.configure(
            {"region": req.config.get("alicloud:region"), "endpoints": req.config.get("alicloud:endpoints")}
        )


def stored(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs to store: all inputs again, and the number of their schema."""
    # Destroy runs no program, so all that it needs must be in the outputs.
    return {**properties, "schema": SCHEMA}


def resource_id(properties: Mapping[str, Any], kind: str) -> str:
    """A provider id: the group, its id and the kind of resource."""
    return f"{properties.get('group', '')}-{properties.get('group_id', '')}-{kind}"


def place_lines(subject: str, findings: tuple[Finding, ...]) -> list[str]:
    """A refusal because of account, region or endpoint, in text."""
    lines = [f"{subject}: refused, nothing is changed"]
    lines += [f"  {finding.reason.value}: {finding.sentence}" for finding in findings]
    return lines + [f"  to do: {finding.advice}" for finding in findings]


def check_place(subject: str, properties: Mapping[str, Any]) -> Cloud:
    """The recorded cloud; refuses before looking further when it is another than the configured."""
    check_schema(properties)
    cloud = parse_cloud(properties.get("cloud"))
    findings = SESSION.place_findings(cloud)
    if findings:
        refuse(place_lines(subject, findings))
    return cloud


def check_account(subject: str, properties: Mapping[str, Any]) -> Cloud:
    """As `check_place`, and the caller's account must be the recorded one; raises CloudError."""
    cloud = check_place(subject, properties)
    # Another account knows none of our ids and would make all of them look released.
    account = SESSION.gateway(cloud).identity().account
    recorded = properties.get("account")
    if recorded and account != recorded:
        refuse(
            [
                f"{subject}: refused, nothing is changed",
                f"  wrong-account: recorded {recorded}, the credentials are of {account}",
                "  to do: use credentials of the recorded account",
            ]
        )
    return cloud


def check_account_or_warn(properties: Mapping[str, Any]) -> bool:
    """As `check_account`, but only prints when the cloud cannot be asked; whether it could."""
    subject = str(properties.get("group"))
    try:
        check_account(subject, properties)
    except CloudError as error:
        warn(subject, error)
        return False
    return True


def kept(id_: str, properties: dict[str, Any], inputs: Iterable[str]) -> ReadResult:
    """A `read` that keeps the record; raises only for another account, region or endpoint."""
    check_account_or_warn(properties)
    return ReadResult(id_, properties, inputs_of(properties, inputs))


def look_at(errand: Errand) -> Plan:
    """The plan for an errand now, with region and endpoint compared first; raises CloudError."""
    record = errand.record
    gateway = SESSION.gateway(record.cloud)
    wrong = SESSION.place_findings(record.cloud)
    if wrong:
        # For the clock alone: nothing is asked about instances in the wrong place.
        gateway.identity()
        return Plan(record.group, record.group_id, gateway.cloud_time(), findings=wrong)
    return remembered(look(SESSION.commissioned(errand), gateway, SESSION.sightings))


def remembered(plan: Plan) -> Plan:
    """The plan; one that asks for approval is kept, so that a later one can say what has changed."""
    if any(finding.reason in ASKING for finding in plan.findings):
        Remembered().keep(plan)
    return plan


def whole(record: GroupRecord) -> Errand:
    """The errand of ending a whole group under its recorded terms."""
    return Errand(record, record.terms)


def warn(subject: str, error: CloudError) -> None:
    """Says what could not be seen, where going on with what is recorded does no harm."""
    say(f"{subject}: could not look: {error}")


def say_plan(plan: Plan) -> None:
    """Prints a plan that has something to say."""
    if plan.instances or plan.findings:
        for line in plan_lines(plan):
            say(line)
