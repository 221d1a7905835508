"""adopt over a project's files and a gateway in memory."""

import json
from datetime import timedelta
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from ecs_release.cli import main
from ecs_release.domain.facts import Charge
from tests.unit.domain.worlds import NOW, data_disk, disk, instance
from tests.unit.fake_gateway import FakeGateway

RUNNER = CliRunner()


@pytest.fixture
def gateway(project: FakeGateway) -> FakeGateway:
    return project


def called(*arguments: str, typed: str = "") -> Result:
    return RUNNER.invoke(main.app, [*arguments, "--stack", "t"], input=typed)


def stranger(instance_id: str, name: str, **changes: Any) -> Any:
    told = {
        "name": name,
        "instance_type": "ecs.g7.large",
        "image_id": "image-1",
        "vswitch_id": "vsw-1",
        "security_group_ids": ("sg-1",),
        "tags": (("team", "web"), ("acs:rm", "x")),
        "disks": (disk(instance_id), data_disk(instance_id, disk_id=f"d-{instance_id}")),
    }
    return instance(instance_id, "", "", **{**told, **changes})


def printed_group(text: str) -> dict[str, Any]:
    return dict(yaml.safe_load(text.partition("\n\n")[2])["web"])


def test_adopt_tags_all_but_the_group_id_and_prints_the_group(gateway: FakeGateway) -> None:
    gateway.add(stranger("i-1", "old-a"))
    gateway.add(stranger("i-2", "old-b"))
    result = called("adopt", "--group", "web", "--name", "old-*", "--first", "2", typed="adopt 2\n")
    assert result.exit_code == 0, result.output
    tags = dict(gateway.instances["i-2"].tags)
    assert (tags["ecs-release:member"], tags["ecs-release:project"]) == ("web-3", "shop")
    assert "ecs-release:group-id" not in tags
    group = printed_group(result.stdout)
    assert (group["count"], group["adopt"]) == (4, {"web-2": "i-1", "web-3": "i-2"})
    assert group["tags"] == {"team": "web"}
    assert group["data_disks"][0]["release_with_instance"] is False


def test_adopt_in_json_is_one_document(gateway: FakeGateway) -> None:
    gateway.add(stranger("i-1", "old"))
    result = called("adopt", "i-1", "--group", "web", "--json", typed="adopt 1\n")
    # The runner echoes what is typed.
    told = json.loads(result.stdout[result.stdout.index("{") :])
    assert (told["members"], yaml.safe_load(told["text"])["web"]["adopt"]) == ({"web-0": "i-1"},) * 2


def test_adopt_without_the_words_changes_nothing(gateway: FakeGateway) -> None:
    gateway.add(stranger("i-1", "old"))
    result = called("adopt", "i-1", "--group", "web", typed="y\n")
    assert (result.exit_code, gateway.calls) == (1, [])


def test_adopt_says_what_it_cannot_declare(gateway: FakeGateway) -> None:
    nameless = (disk("i-1"), data_disk("i-1", name=""))
    gateway.add(stranger("i-1", "a", disks=nameless, tags=(("owner", "ann"),)))
    gateway.add(stranger("i-2", "b", auto_release_at=NOW + timedelta(hours=5)))
    shown = called("adopt", "i-1", "i-2", "--group", "web", typed="adopt 2\n").stdout
    assert "i-1: `pulumi up` takes off tags that others lack: owner" in shown
    assert "d-i-1-data cannot be declared" in shown
    assert "i-2: `pulumi up` cancels its release at 2030-06-01T17:00Z" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("i-9",), "i-9: not seen"),
        ((), "give either ids or"),
        (("i-1", "--name", "x"), "give either ids or"),
        (("--tag", "team"), "not of the form KEY=VALUE"),
        (("i-1", "i-3"), "one group has one billing method"),
        (("i-4",), "already managed"),
    ],
)
def test_what_cannot_be_adopted_is_one_line(
    gateway: FakeGateway, arguments: tuple[str, ...], said: str
) -> None:
    gateway.add(stranger("i-1", "a"))
    gateway.add(stranger("i-3", "c", charge=Charge.SUBSCRIPTION, expires_at=NOW + timedelta(days=9)))
    gateway.add(instance("i-4", "web-0"))
    result = called("adopt", *arguments, "--group", "web")
    assert (result.exit_code, gateway.calls, result.stderr.count("\n")) == (1, [], 1)
    assert said in result.stderr


def test_a_machine_that_no_declaration_describes_is_left_alone(gateway: FakeGateway) -> None:
    gateway.add(stranger("i-1", "a", instance_type="odd"))
    result = called("adopt", "i-1", "--group", "web")
    assert (result.exit_code, gateway.calls) == (1, [])
    assert "web.instance_type" in result.stderr
