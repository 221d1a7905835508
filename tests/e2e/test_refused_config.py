"""A wrong environment is refused before anything runs, with the key, the value and what is allowed."""

from datetime import UTC, datetime, timedelta

from tests.e2e.conftest import Worlds
from tests.e2e.world import STACK, Groups, Result, World, group

KEY = "ecs-release:environment.groups"
SUBSCRIPTION = {"type": "subscription", "period": 1, "unit": "month"}
WRONG: Groups = {
    "key": group(1, colour="red"),
    "kind": {**group(1), "count": "three"},
    "paid": group(1, charge=SUBSCRIPTION, deletion_protection=True),
}
SAID = (
    f'{KEY}.key.colour: "red": unknown field; known here: count, instance_type',
    f'{KEY}.kind.count: "three": allowed: a whole number from 0 to 1000',
    f"{KEY}.paid.deletion_protection: true: only false on subscription and spot",
)


def assert_refused(world: World, result: Result, *words: str) -> None:
    """The command failed with these words, nothing was called for and nothing is recorded."""
    assert result.code != 0
    for word in words:
        assert word in result.output
    assert "Traceback" not in result.output
    assert world.cloud.changing() == []
    assert world.resources() == {}


def test_all_that_is_wrong_is_said_at_once(worlds: Worlds) -> None:
    world = worlds.empty()
    world.groups = WRONG
    assert_refused(world, world.up(), *SAID)


def test_an_unquoted_time_gets_its_own_error(worlds: Worlds) -> None:
    world = worlds.empty()
    at = "2030-12-31T18:00:00+08:00"
    world.groups = {"web": group(1, release={"schedule": {"at": at}})}
    command = world.command("up", "--yes", "--skip-preview")
    file = world.project / "stacks" / f"Pulumi.{STACK}.yaml"
    text = file.read_text()
    assert f"'{at}'" in text
    file.write_text(text.replace(f"'{at}'", at))
    key = f"{KEY}.web.release.schedule.at"
    assert_refused(
        world, world.run(command, {}), key, "quote the time", "2030-12-31 18:00:00 +0800", f'"{at}"'
    )


def test_a_time_in_the_past_is_refused_by_the_preview(worlds: Worlds) -> None:
    world = worlds.empty()
    at = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%dT%H:%MZ}"
    world.groups = {"web": group(1, release={"schedule": {"at": at}})}
    result = world.pulumi("up", "--yes")
    assert_refused(world, result, "groups.web.release.schedule.at", at, "30 minutes to 3 years ahead")
