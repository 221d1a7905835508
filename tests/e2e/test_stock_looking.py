"""The stock plugin's data sources find what there is, and what was made."""

import json

from tests.e2e.conftest import Worlds
from tests.e2e.stock import program

LOOKING = """
zones = alicloud.get_zones(available_resource_creation="VSwitch")
types = ecs.get_instance_types(availability_zone=zones.zones[0].id, cpu_core_count=2, memory_size=8)
images = ecs.get_images(name_regex="^ubuntu", owners="system", most_recent=True)
pulumi.export("zones", [zone.id for zone in zones.zones])
pulumi.export("types", [kind.id for kind in types.instance_types])
pulumi.export("images", [image.id for image in images.images])
pulumi.export("networks", vpc.get_networks_output(ids=[network.id]).apply(lambda found: found.ids))
pulumi.export("switches", vpc.get_switches_output(ids=[switch.id]).apply(lambda found: found.ids))
pulumi.export("regions", [region.id for region in alicloud.get_regions().regions])
pulumi.export("groups", [one.name for one in alicloud.resourcemanager.get_resource_groups().groups])
pulumi.export("account", alicloud.get_account().id)
pulumi.export("caller", alicloud.get_caller_identity().identity_type)
"""


def test_every_source_finds_what_there_is(worlds: Worlds) -> None:
    world = worlds.stock(program(LOOKING))
    found = json.loads(world.pulumi("stack", "output", "--json").output)
    state = world.cloud.control("state")
    assert found["networks"] == list(state["vpcs"])
    assert found["switches"] == list(state["vswitches"])
    assert "cn-hangzhou-b" in found["zones"]
    assert "ecs.g7.large" in found["types"]
    assert len(found["images"]) == 1
    assert "cn-hangzhou" in found["regions"]
    assert found["groups"] == ["default"]
    assert found["account"] == "1000000000000001"
    assert found["caller"] == "Account"
    assert world.destroy().code == 0
