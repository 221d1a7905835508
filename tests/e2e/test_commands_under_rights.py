"""Every command by a RAM user of its own who has just the rights that are generated for it.

Nothing that it calls is refused, and every right that it has is used here or named as one for another
world: so none is missing, and none is there in vain.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.e2e.conftest import Worlds
from tests.e2e.rights import generated, grant, key_of, refused_calls, rights_in, used_rights
from tests.e2e.test_commands import bought_elsewhere
from tests.e2e.world import Groups, Result, World, group

MONTHLY = {"type": "subscription", "period": 1, "unit": "month"}
Run = Callable[[World, dict[str, str]], Result]
# What a run asks only where something has gone, was left, or is to go.
FOR_AN_END = {
    "ecs:DescribeInstanceAttribute",
    "ecs:DescribeSnapshots",
    "ecs:DescribeNetworkInterfaces",
    "ecs:DescribeDisks",
}
QUOTED = {"ecs:DescribeImages", "bss:RefundQueryRemainAmount"}
DECLARED: dict[str, dict[str, Any]] = {
    "plain": group(2),
    "scheduled": group(2, ram_role="web", deletion_protection=True, release={"schedule": {"after": "8h"}}),
    "paid ahead": group(2, charge=MONTHLY, release={"on_active_subscription": "refund"}),
    "to its expiry": group(2, charge=MONTHLY, release={"schedule": {"at_expiry": True}}),
    "an address and an image": group(
        2, public_ip={"bandwidth_mbps": 5, "on_release": "keep"}, release={"backup": "image"}
    ),
}


def pulumi(*words: str) -> Run:
    """A command of Pulumi's."""
    return lambda world, key: world.pulumi(*words, environment=key)


def ours(*words: str, typed: str = "") -> Run:
    """A command of our own."""
    return lambda world, key: world.ecs_release(*words, typed=typed, **key)


def run_as(world: World, user: str, command: str, run: Run, code: int = 0) -> set[str]:
    """Runs a command with just its rights; what it had and did not use."""
    document = generated(world, "--command", command)
    grant(world.cloud, document, user)
    before = world.cloud.mark()
    result = run(world, key_of(user))
    assert result.code == code, result.output
    assert refused_calls(world.cloud, before) == []
    used = used_rights(world.cloud, before, user)
    assert used <= rights_in(document)
    return rights_in(document) - used


UP = pulumi("up", "--yes", "--skip-preview")


@pytest.mark.parametrize("name", DECLARED)
def test_a_stack_is_made_looked_at_and_made_smaller(worlds: Worlds, name: str) -> None:
    world = worlds.empty()
    world.groups = {"web": dict(DECLARED[name])}
    first = run_as(world, "first", "up", UP)
    assert not first & {"ecs:RunInstances", "ram:PassRole", "vpc:CreateVpc"}
    assert run_as(world, "preview", "preview", pulumi("preview")) <= FOR_AN_END | QUOTED
    assert run_as(world, "refresh", "refresh", pulumi("refresh", "--yes", "--skip-preview")) == set()
    if "scheduled" in name or "expiry" in name:
        return
    world.groups["web"]["count"] = 1
    assert len(world.cloud.instances) == 2
    less = run_as(world, "less", "up", pulumi("up", "--yes", "--skip-preview", "--refresh"))
    assert len(world.cloud.instances) == 1
    # Nothing had gone, no time was to be set, no disk had been turned, no tag taken off.
    assert first & less <= {
        "ecs:DescribeInstanceAttribute",
        "ecs:ModifyInstanceAutoReleaseTime",
        "ecs:ModifyDiskAttribute",
        "ecs:TagResources",
    }


SCHEDULED: Groups = {"web": DECLARED["scheduled"]}
LOOKS: list[tuple[str, Run, int]] = [
    ("status", ours("status"), 0),
    ("calendar", ours("calendar"), 0),
    ("extend", ours("extend", "--group", "web", "--by", "2h"), 0),
    ("cancel", ours("cancel", "--group", "web"), 0),
]


def test_times_are_shown_and_changed(worlds: Worlds) -> None:
    world = worlds.up(SCHEDULED)
    for command, run, code in LOOKS:
        assert run_as(world, command, command, run, code) == set()
    assert {facts["AutoReleaseTime"] for facts in world.cloud.instances.values()} == {""}


def test_a_plan_is_shown_and_doctor_needs_no_right_of_its_own(worlds: Worlds) -> None:
    world = worlds.up({"web": group(1)})
    assert run_as(world, "plan", "plan", ours("plan")) == {"ecs:DescribeInstanceAttribute"}
    for command in ("doctor", "journal"):
        result = world.ecs_release("doctor", "--policy", "--command", command)
        assert (result.code, f"{command} needs no right" in result.output) == (11, True)
    diagnosed = world.ecs_release("doctor", **key_of("plan"))
    assert "DeleteInstances\tWRONG" in diagnosed.output


def test_strays_are_settled(worlds: Worlds) -> None:
    world = worlds.up({"web": group(1)})
    (own,) = world.cloud.instances.values()
    tags = [tag for tag in own["Tags"]["Tag"] if tag["TagKey"].startswith("ecs-release:")]
    told = {f"Tag.{n}.Key": tag["TagKey"] for n, tag in enumerate(tags, 2)}
    told |= {f"Tag.{n}.Value": tag["TagValue"] for n, tag in enumerate(tags, 2)}
    one, other = bought_elsewhere(world, 2, **told)
    assert run_as(world, "claim", "claim", ours("claim", one)) == set()
    assert run_as(world, "disown", "disown", ours("disown", other)) == set()
    run_as(world, "up", "up", UP)
    assert set(world.cloud.instances) == {own["InstanceId"], other}


def test_machines_are_adopted_and_keep_to_their_group(worlds: Worlds) -> None:
    world = worlds.up({"web": group(1)})
    bought_elsewhere(world, 1)

    def adopt(world: World, key: dict[str, str]) -> Result:
        result = world.ecs_release("adopt", "--group", "old", "--tag", "role=old", typed="adopt 1\n", **key)
        world.groups |= yaml.safe_load(result.output.partition("pulumi up`:")[2])
        return result

    assert run_as(world, "adopt", "adopt", adopt) == set()
    run_as(world, "up", "up", UP)
    assert len(world.cloud.members()) == 2


def test_what_is_left_is_found_and_released(worlds: Worlds) -> None:
    world = worlds.up({"web": DECLARED["an address and an image"]})
    assert world.destroy().code == 0
    kinds = ("disks", "eips", "images")
    left = [id_ for kind in kinds for id_ in world.cloud.state(kind)]
    assert len(left) == 6
    found = run_as(world, "survivors", "survivors", ours("survivors"))
    assert found == {"ecs:DescribeNetworkInterfaces"}
    chosen = [word for id_ in left for word in ("--release", id_)]
    release = ours("survivors", *chosen, typed=f"release {len(left)}\n")
    unused = run_as(world, "tidy", "survivors --release", release)
    network = {"ecs:DeleteSecurityGroup", "vpc:DeleteVSwitch", "vpc:DeleteVpc"}
    assert unused == {"ecs:DescribeNetworkInterfaces", "ecs:DeleteNetworkInterface", *network}
    assert [world.cloud.state(kind) for kind in (*kinds, "snapshots")] == [{}, {}, {}, {}]
