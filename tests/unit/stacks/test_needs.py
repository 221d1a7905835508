"""What of a declaration decides about rights."""

from typing import Any

import pytest

from ecs_release.domain.facts import Cloud
from ecs_release.domain.rights import Demand
from stacks.needs import group_needs, stack_needs
from stacks.schema import Environment, Group

BASE: dict[str, Any] = {"count": 1, "instance_type": "ecs.g7.large", "image": "image-1"}
MONTHLY = {"type": "subscription", "period": 1, "unit": "month"}
TIMED, ALWAYS = Demand.CAN_BE_TIMED, Demand.ALWAYS
PAID = Demand.SUBSCRIPTION


@pytest.mark.parametrize(
    ("declared", "demands"),
    [
        ({}, {TIMED}),
        ({"charge": {"type": "spot"}}, {TIMED}),
        ({"charge": MONTHLY}, {PAID}),
        ({"charge": MONTHLY, "release": {"schedule": {"at_expiry": True}}}, {PAID, Demand.AT_EXPIRY}),
        ({"charge": MONTHLY, "release": {"on_active_subscription": "convert"}}, {PAID, Demand.CONVERT}),
        ({"charge": MONTHLY, "release": {"on_active_subscription": "refund"}}, {PAID, Demand.REFUND}),
        (
            {"charge": MONTHLY, "release": {"on_active_subscription": "refund", "shutdown": "graceful"}},
            {PAID, Demand.REFUND, Demand.STOP_AND_REFUND},
        ),
        ({"release": {"shutdown": "graceful"}}, {TIMED}),
        ({"release": {"backup": "snapshots"}}, {TIMED, Demand.SNAPSHOTS}),
        ({"release": {"backup": "image"}}, {TIMED, Demand.IMAGE}),
        ({"release": {"on_protected": "lift"}}, {TIMED, Demand.LIFT}),
        ({"public_ip": {"bandwidth_mbps": 5}}, {TIMED}),
        ({"public_ip": {"bandwidth_mbps": 5, "on_release": "keep"}}, {TIMED, Demand.KEPT_ADDRESS}),
        ({"ram_role": "web"}, {TIMED, Demand.RAM_ROLE}),
        ({"adopt": {"web-0": "i-1"}}, {TIMED, Demand.ADOPTED}),
        ({"system_disk": {"release_with_instance": False}}, {TIMED, Demand.KEPT_DISK}),
        (
            {"data_disks": [{"name": "data", "category": "cloud_essd", "size_gib": 40}]},
            {TIMED, Demand.KEPT_DISK},
        ),
    ],
)
def test_what_a_group_asks_for(declared: dict[str, Any], demands: set[Demand]) -> None:
    needs = group_needs("web", Group.model_validate({**BASE, **declared}))
    assert needs.demands == demands | {ALWAYS}


@pytest.mark.parametrize(
    ("network", "made"),
    [
        ({"cidr": "10.8.0.0/16", "zone": "cn-hangzhou-b"}, None),
        ({"vswitch": "vsw-1", "security_groups": ["sg-1"]}, ()),
    ],
)
def test_what_a_stack_asks_for(network: dict[str, Any], made: tuple[str, ...] | None) -> None:
    groups = {"web": BASE, "db": {**BASE, "release": {"on_protected": "lift"}}}
    environment = Environment.model_validate({"network": network, "groups": groups})
    needs = stack_needs("shop", "prod", Cloud("cn-hangzhou"), environment)
    assert (needs.project, needs.stack, needs.region) == ("shop", "prod", "cn-hangzhou")
    assert needs.asking(Demand.MADE_NETWORK) == made
    assert needs.asking(Demand.LIFT) == ("db",)
    assert (needs.asking(ALWAYS), needs.asking(Demand.REFUND)) == (None, ())
