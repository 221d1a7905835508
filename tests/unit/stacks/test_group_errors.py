"""Each wrong field of a group: where the error points, what it shows, what it allows."""

from typing import Any

import pytest

GROUP = "ecs-release:environment.groups.web"
MONTHLY = {"type": "subscription", "period": 1}


CASES = [
    ("counts end at 1000, a tag filter reaches no more", {"count": 1001}, "count", "1001", "from 0 to 1000"),
    ("no negative count", {"count": -1}, "count", "-1", "from 0 to 1000"),
    ("text is no number", {"count": "3"}, "count", '"3"', "a whole number"),
    ("true is no number", {"count": True}, "count", "true", "a whole number"),
    ("half an instance", {"count": 1.5}, "count", "1.5", "a whole number"),
    (
        "instance types start with ecs.",
        {"instance_type": "g7.large"},
        "instance_type",
        '"g7.large"',
        "ecs.g7.large",
    ),
    ("an empty image", {"image": ""}, "image", '""', "an image id"),
    ("a typing error", {"cuont": 1}, "cuont", "1", "unknown field; known here: count, instance_type"),
    ("only members adopt", {"adopt": {"web-9": "i-1"}}, "adopt.web-9", '"i-1"', "members of the group"),
    (
        "each instance once",
        {"count": 2, "adopt": {"web-0": "i-1", "web-1": "i-1"}},
        "adopt.web-1",
        '"i-1"',
        "that no other member adopts",
    ),
    ("an id, not a name", {"adopt": {"web-0": "web"}}, "adopt.web-0", '"web"', "ids of instances"),
    (
        "a term that nobody has",
        {"release": {"undo": "none"}},
        "release.undo",
        '"none"',
        "known here: schedule, on_protected",
    ),
    (
        "lifting what a spot instance does not have",
        {"release": {"on_protected": "lift"}, "charge": {"type": "spot"}},
        "release.on_protected",
        '"lift"',
        "only refuse on subscription and spot",
    ),
    (
        "a refund of what is not paid ahead",
        {"release": {"on_active_subscription": "refund"}},
        "release.on_active_subscription",
        '"refund"',
        "only refuse here",
    ),
    (
        "a backup of a local disk",
        {
            "release": {"backup": "snapshots"},
            "system_disk": {"category": "ephemeral_ssd", "release_with_instance": True},
        },
        "release.backup",
        '"snapshots"',
        "only none with local disks",
    ),
    (
        "a backup has three answers",
        {"release": {"backup": "tape"}},
        "release.backup",
        '"tape"',
        "none, snapshots or image",
    ),
    (
        "replaced has two answers",
        {"release": {"on_replaced": "keep"}},
        "release.on_replaced",
        '"keep"',
        "refuse or release",
    ),
    (
        "a limit of none releases nothing",
        {"release": {"max_instances": 0}},
        "release.max_instances",
        "0",
        "from 1 to 1000",
    ),
    (
        "an address is kept or released",
        {"public_ip": {"bandwidth_mbps": 5, "on_release": "sell"}},
        "public_ip.on_release",
        '"sell"',
        "release or keep",
    ),
    (
        "bandwidth has a limit",
        {"public_ip": {"bandwidth_mbps": 101}},
        "public_ip.bandwidth_mbps",
        "101",
        "1 to 100",
    ),
    (
        "yes in quotes is text",
        {"deletion_protection": "yes"},
        "deletion_protection",
        '"yes"',
        "true or false",
    ),
    (
        "no protection of spot",
        {"charge": {"type": "spot"}, "deletion_protection": True},
        "deletion_protection",
        "true",
        "only false on subscription and spot",
    ),
    (
        "no protection of a subscription",
        {"charge": MONTHLY, "deletion_protection": True},
        "deletion_protection",
        "true",
        "only false on subscription and spot",
    ),
    (
        "an unknown billing method",
        {"charge": {"type": "free"}},
        "charge",
        '{"type": "free"}',
        "{type: pay-as-you-go}, {type: subscription",
    ),
    (
        "a billing method without type",
        {"charge": {"period": 1}},
        "charge",
        '{"period": 1}',
        "{type: pay-as-you-go}",
    ),
    (
        "a period is needed",
        {"charge": {"type": "subscription"}},
        "charge.period",
        "missing",
        "required: 1 to 4 weeks",
    ),
    (
        "a field of another form",
        {"charge": {"type": "spot", "period": 1}},
        "charge.period",
        "1",
        "known here: type, price_limit",
    ),
    (
        "no ten months",
        {"charge": {**MONTHLY, "period": 10}},
        "charge.period",
        "10",
        "months: one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 12",
    ),
    (
        "no five weeks",
        {"charge": {**MONTHLY, "unit": "week", "period": 5}},
        "charge.period",
        "5",
        "weeks: one of 1, 2, 3, 4",
    ),
    (
        "a free hour",
        {"charge": {"type": "spot", "price_limit": 0}},
        "charge.price_limit",
        "0",
        "a price above 0",
    ),
    (
        "four decimals",
        {"charge": {"type": "spot", "price_limit": 0.1234}},
        "charge.price_limit",
        "0.1234",
        "at most 3 decimals",
    ),
]


@pytest.mark.parametrize(
    ("group", "field", "shown", "allowed"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_error_of_a_group(
    only_problem: Any, group: dict[str, Any], field: str, shown: str, allowed: str
) -> None:
    problem = only_problem(group)
    assert problem.key == f"{GROUP}.{field}"
    assert problem.value == shown or problem.value.endswith(shown)
    assert allowed in problem.allowed
