"""The groups that a stack's state records, each with the gateway to its cloud.

Imports gateway, domain and the state's reader.
"""

from ecs_release.cli.state import export_stack, records_in
from ecs_release.domain.terms import GroupRecord
from ecs_release.gateway.gateway import Gateway

Group = tuple[GroupRecord, Gateway]


def groups_of(stack: str) -> tuple[Group, ...]:
    """Every recorded group; groups of one cloud share one gateway and so one limiter."""
    records = records_in(export_stack(stack))
    gateways = {record.cloud: Gateway(record.cloud) for record in records}
    return tuple((record, gateways[record.cloud]) for record in records)
