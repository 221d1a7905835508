"""What a person sees of a destroy of twelve instances that is refused for five different reasons."""

import textwrap

from tests.e2e.cloud import tags_of
from tests.e2e.conftest import Worlds
from tests.e2e.world import World, group

COLUMNS, LINES = 100, 30
REASONS = ("protected", "security-lock-destroys-kept-disks", "tags-removed", "not-ours", "unrecorded")


def test_a_dozen_with_five_reasons_fit_a_screen_and_each_says_what_to_do(worlds: Worlds) -> None:
    world = worlds.up({"web": group(12)})
    members = world.cloud.members()
    ids = [members[f"web-{number}"] for number in range(12)]
    for id_ in ids[:4]:
        world.cloud.call("ModifyInstanceAttribute", InstanceId=id_, DeletionProtection="true")
    for id_ in ids[4:7]:
        world.cloud.control("events", {"lock": [id_, "security"]})
    tagged = {"ResourceType": "instance"}
    for id_ in ids[7:9]:
        key = {"TagKey.1": "ecs-release:group-id"}
        world.cloud.call("UntagResources", **tagged, **key, **{"ResourceId.1": id_})
    for id_ in ids[9:11]:
        other = {"Tag.1.Key": "ecs-release:group-id", "Tag.1.Value": "f" * 20}
        world.cloud.call("TagResources", **tagged, **other, **{"ResourceId.1": id_})
    copied(world, ids[11])
    result = world.destroy()
    assert result.code != 0
    assert len(world.cloud.instances) == 13
    diagnostics = result.output.partition("Diagnostics:\n")[2]
    shown = diagnostics[diagnostics.index("error: Refused") :].partition("\n\n")[0]
    seen = [part for line in shown.splitlines() for part in textwrap.wrap(line, COLUMNS) or [""]]
    assert len(seen) <= LINES, shown
    for reason in REASONS:
        assert f"to do: {reason}: " in shown
    assert all(id_ in shown for id_ in ids)


def copied(world: World, original: str) -> None:
    """A copy with all tags, as the console offers it."""
    facts = world.cloud.instances[original]
    told = {
        "ImageId": facts["ImageId"],
        "InstanceType": facts["InstanceType"],
        "VSwitchId": facts["VpcAttributes"]["VSwitchId"],
        "SecurityGroupId": facts["SecurityGroupIds"]["SecurityGroupId"][0],
    }
    for number, (key, value) in enumerate(tags_of(facts).items(), 1):
        told |= {f"Tag.{number}.Key": key, f"Tag.{number}.Value": value}
    world.cloud.call("RunInstances", **told)
    world.cloud.control("clock", {"advance": "PT30S"})
