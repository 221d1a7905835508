"""What keeps a mistake in a test from the real cloud: the emulator's door and the loader's."""

import yaml

from tests.e2e.conftest import Worlds
from tests.e2e.groups import ONE
from tests.e2e.world import STACK, World

NOT_OURS = "another-key"


def endpoints(world: World) -> dict[str, str]:
    """The endpoints of the stack, as they are written for every run."""
    world.write_config()
    text = (world.project / "stacks" / f"Pulumi.{STACK}.yaml").read_text()
    return dict(yaml.safe_load(text)["config"]["alicloud:endpoints"][0])


def test_the_emulator_turns_every_other_key_away(worlds: Worlds) -> None:
    world = worlds.empty()
    answer = world.cloud.call("DescribeInstances", AccessKeyId=NOT_OURS)
    assert answer["Code"] == "InvalidAccessKeyId.NotFound"
    world.groups = ONE
    result = world.pulumi("up", "--yes", environment={"ALIBABA_CLOUD_ACCESS_KEY_ID": NOT_OURS})
    assert result.code != 0
    assert "InvalidAccessKeyId.NotFound" in result.output
    assert world.cloud.changing() == []
    assert world.resources() == {}


def test_one_endpoint_that_is_not_on_this_machine_stops_everything(worlds: Worlds) -> None:
    world = worlds.empty()
    world.groups = ONE
    away = {**endpoints(world), "vpc": "vpc.invalid"}
    world.config = {"alicloud:endpoints": [away]}
    result = world.up()
    assert result.code != 0
    assert 'alicloud:endpoints[0].vpc: "vpc.invalid": a loopback host like the others' in result.output
    assert world.cloud.requests() == []
    assert world.resources() == {}


def test_every_product_has_an_endpoint_on_this_machine(worlds: Worlds) -> None:
    world = worlds.empty()
    assert {address.rpartition(":")[0] for address in endpoints(world).values()} == {"127.0.0.1"}
    assert {"ecs", "vpc", "sts", "bssopenapi", "location", "ram"} <= set(endpoints(world))
    keys = {name: value for name, value in world.environment.items() if "KEY" in name}
    assert set(keys.values()) == {"emulator"}
    assert not any("proxy" in name.lower() for name in world.environment)
