"""Other credentials, regions, tags, copies and stacks: each is refused with its own reason."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.cloud import tags_of
from tests.e2e.conftest import Worlds
from tests.e2e.world import World, group

PAIR = {"web": group(2)}
OTHER_ACCOUNT = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "emulator-b"}


def assert_refused(world: World, reason: str, *arguments: str, environment: Any = None) -> None:
    """The command fails with the reason, changes nothing and leaves the state whole."""
    recorded, alive, mark = set(world.resources()), set(world.cloud.instances), world.cloud.mark()
    result = world.pulumi(*arguments, "--yes", "--skip-preview", environment=environment)
    assert result.code != 0
    assert reason in result.output
    assert "Traceback" not in result.output
    assert world.cloud.changing(mark) == []
    assert set(world.resources()) == recorded
    assert set(world.cloud.instances) == alive


def test_credentials_of_another_account(worlds: Worlds) -> None:
    world = worlds.up(PAIR)
    for command in ("destroy", "up"):
        assert_refused(world, "wrong-account", command, environment=OTHER_ACCOUNT)


def test_another_region_and_another_endpoint(worlds: Worlds) -> None:
    world = worlds.up(PAIR)
    world.config = {"alicloud:region": "cn-beijing"}
    world.groups["web"] = group(2)
    network = {"cidr": "10.8.0.0/16", "zone": "cn-beijing-a"}
    world.config["ecs-release:environment"] = {"network": network, "groups": world.groups}
    assert world.preview().code != 0
    assert "wrong-region" in world.preview().output
    assert_refused(world, "wrong-region", "destroy", "--run-program")


def untag(world: World, instance_id: str) -> None:
    keys = {f"TagKey.{n}": key for n, key in enumerate(tags_of(world.cloud.instances[instance_id]), 1)}
    world.cloud.call("UntagResources", ResourceType="instance", **{"ResourceId.1": instance_id}, **keys)


def retag(world: World, instance_id: str) -> None:
    tag = {"Tag.1.Key": "ecs-release:group-id", "Tag.1.Value": "99999999999999999999"}
    world.cloud.call("TagResources", ResourceType="instance", **{"ResourceId.1": instance_id}, **tag)


def copy(world: World, instance_id: str) -> None:
    """What the console's "buy the same" does: another instance with the same tags."""
    facts = world.cloud.instances[instance_id]
    tags: dict[str, str] = {}
    for number, (key, value) in enumerate(tags_of(facts).items(), 1):
        tags |= {f"Tag.{number}.Key": key, f"Tag.{number}.Value": value}
    made = world.cloud.call(
        "RunInstances",
        ImageId=facts["ImageId"],
        InstanceType=facts["InstanceType"],
        VSwitchId=facts["VpcAttributes"]["VSwitchId"],
        SecurityGroupId=facts["SecurityGroupIds"]["SecurityGroupId"][0],
        **tags,
    )
    assert "InstanceIdSets" in made, made


@pytest.mark.parametrize(
    ("change", "reason"), [(untag, "tags-removed"), (retag, "not-ours"), (copy, "unrecorded")]
)
def test_tags(worlds: Worlds, change: Callable[[World, str], None], reason: str) -> None:
    world = worlds.up(PAIR)
    change(world, world.cloud.members()["web-0"])
    assert_refused(world, reason, "destroy")


def test_removed_tags_are_put_back_by_up_with_refresh(worlds: Worlds) -> None:
    world = worlds.up(PAIR)
    untag(world, world.cloud.members()["web-0"])
    assert world.up("--refresh").code == 0
    assert world.destroy().code == 0
    assert world.cloud.instances == {}


def test_a_disowned_copy_stays_and_the_group_goes(worlds: Worlds) -> None:
    world = worlds.up(PAIR)
    ours = world.cloud.members()
    copy(world, ours["web-0"])
    (stranger,) = set(world.cloud.instances) - set(ours.values())
    assert world.ecs_release("disown", stranger).code == 0
    mark = world.cloud.mark()
    result = world.start("destroy", "--yes", "--skip-preview")
    assert world.cloud.instances[stranger]
    world_released(world, mark, set(ours.values()))
    # The copy lives in the vSwitch, whose removal the stock provider would try for minutes.
    result.kill_all()
    assert set(world.cloud.instances) == {stranger}


def world_released(world: World, mark: int, ids: set[str]) -> None:
    """Waits until the group is released, and nothing else."""
    from tests.e2e.world import until

    until(lambda: not ids & set(world.cloud.instances))
    assert world.cloud.released(mark) == [ids]


# Tags and shown names say the new stack's name; nothing else may happen.
RENAMING = {
    *("TagResources", "UntagResources", "ModifyInstanceAttribute"),
    *("ModifyVpcAttribute", "ModifyVSwitchAttribute", "ModifySecurityGroupAttribute"),
}


def test_a_renamed_stack_ends_as_if_it_had_not_been(worlds: Worlds) -> None:
    world = worlds.up({"web": group(1)})
    assert (
        world.run(["pulumi", "stack", "rename", "renamed", "--stack", "t", "--non-interactive"], {}).code == 0
    )
    (world.project / "stacks" / "Pulumi.t.yaml").unlink(missing_ok=True)
    world.stack = "renamed"
    mark = world.cloud.mark()
    assert world.up().code == 0
    assert set(world.cloud.changing(mark)) <= RENAMING
    assert world.destroy().code == 0
    assert world.cloud.instances == {}
    assert world.resources() == {}
