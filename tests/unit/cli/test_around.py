"""survivors, adopt and doctor over a project's files and a gateway in memory."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_mock import MockerFixture
from typer.testing import CliRunner, Result

from ecs_release.cli import adopting, diagnosis, main, survivors
from ecs_release.domain.facts import Charge, EipFacts, ImageFacts
from ecs_release.gateway.errors import Refused
from ecs_release.runner.journal import Journal
from ecs_release.runner.receipt import Caller, Receipt, ReceiptThing
from tests.unit.domain.worlds import NOW, data_disk, disk, instance
from tests.unit.fake_gateway import FakeGateway

RUNNER = CliRunner()
PLACE = {"project": "shop", "stack": "t", "account": "1"}
TAGS = (("ecs-release:project", "shop"), ("ecs-release:stack", "t"))


@pytest.fixture
def gateway(mocker: MockerFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeGateway:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ECS_RELEASE_JOURNAL", str(tmp_path / "journal"))
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\nstackConfigDir: stacks\n")
    (tmp_path / "stacks").mkdir()
    config = {"alicloud:region": "cn-hangzhou", "ecs-release:environment": {"groups": {}}}
    (tmp_path / "stacks" / "Pulumi.t.yaml").write_text(yaml.safe_dump({"config": config}))
    made = FakeGateway()
    for module in (survivors, adopting, diagnosis):
        mocker.patch.object(module, "Gateway", return_value=made)
    return made


def called(*arguments: str, typed: str = "") -> Result:
    return RUNNER.invoke(main.app, [*arguments, "--stack", "t"], input=typed)


def left(gateway: FakeGateway, disk_id: str = "d-1", **changes: Any) -> None:
    """A disk that some run has left."""
    told = {"status": "Available", **changes}
    gateway.disks[disk_id] = data_disk(told.pop("instance_id", ""), disk_id=disk_id, **told)


def receipt(folder: Path, *stays: tuple[str, str], account: str = "1", stack: str = "t") -> None:
    """The receipt of a run, beside its journal."""
    journal = Journal(folder / "journal", "web", lambda: NOW)
    journal.write("plan", plan={"group": "web"}, place={**PLACE, "stack": stack, "account": account})
    things = [
        ReceiptThing(kind=kind, id=id_, description="", why="declared to be kept", bills=True, price="")
        for kind, id_ in stays
    ]
    written = Receipt(
        schema=1,
        project="shop",
        stack=stack,
        group="web",
        group_id="g-1",
        began_at=NOW,
        ended_at=NOW,
        done=True,
        caller=Caller(account=account, arn="", kind=""),
        released=[],
        gone_before=[],
        refused=[],
        lost=[],
        stays=things,
        calls=[],
    )
    text = written.model_dump_json(by_alias=True)
    journal.path.with_suffix(".receipt.json").write_text(text)


def listed() -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in json.loads(called("survivors", "--json").stdout)}


def test_what_a_receipt_tells_and_still_exists_is_listed_with_its_price(
    gateway: FakeGateway, tmp_path: Path
) -> None:
    receipt(tmp_path, ("disk", "d-1"), ("disk", "d-gone"), ("EIP", "198.18.0.1"))
    left(gateway)
    gateway.leftovers.eips.append(EipFacts("eip-1", "198.18.0.1", "Available"))
    found = listed()
    assert set(found) == {"d-1", "eip-1"}
    assert found["d-1"]["why"] == "declared to be kept; left on 2030-06-01"
    assert "a month" in found["d-1"]["price"]
    assert found["eip-1"]["price"].startswith("unknown: ")


def test_another_stack_and_another_account_have_their_own(gateway: FakeGateway, tmp_path: Path) -> None:
    receipt(tmp_path, ("disk", "d-1"), stack="other")
    receipt(tmp_path, ("disk", "d-2"), account="2")
    left(gateway)
    left(gateway, "d-2")
    assert listed() == {}
    assert "nothing is left" in called("survivors").stdout


def test_tags_tell_where_the_journal_is_lost_and_a_members_disk_is_no_survivor(gateway: FakeGateway) -> None:
    left(gateway, tags=TAGS)
    left(gateway, "d-2", tags=TAGS, instance_id="i-7", status="In_use")
    gateway.images["m-1"] = ImageFacts("m-1", "before", "Available", snapshot_ids=("s-1",))
    assert set(listed()) == {"d-1", "m-1"}


@pytest.mark.parametrize(("calls", "found"), [(1, {"d-1"}), (0, set())])
def test_the_plan_of_a_killed_run_tells_what_it_left(
    gateway: FakeGateway, tmp_path: Path, calls: int, found: set[str]
) -> None:
    left(gateway)
    stays = [{"kind": "disk", "id": "d-1", "why": "declared to be kept"}]
    journal = Journal(tmp_path / "journal", "web", lambda: NOW)
    journal.write("plan", plan={"group": "web", "instances": [{"survivors": stays}]}, place=PLACE)
    for _ in range(calls):
        journal.write("call", action="DeleteInstances", ids=["i-1"])
    assert set(listed()) == found


def test_only_what_is_chosen_and_confirmed_is_deleted(gateway: FakeGateway) -> None:
    left(gateway, tags=TAGS)
    left(gateway, "d-2", tags=TAGS)
    refused = called("survivors", "--release", "d-1", typed="yes\n")
    assert (refused.exit_code, gateway.calls) == (1, [])
    done = called("survivors", "--release", "d-1", typed="release 1\n")
    assert (done.exit_code, gateway.calls) == (0, [("delete disk", ("d-1",))])
    assert "disk d-1: deleted" in done.stdout


def test_an_image_goes_before_its_snapshots(gateway: FakeGateway) -> None:
    gateway.images["m-1"] = ImageFacts("m-1", "before", "Available", snapshot_ids=("s-1", "s-2"))
    assert called("survivors", "--release", "m-1", typed="release 1\n").exit_code == 0
    assert [ids for _, ids in gateway.calls] == [("m-1",), ("s-1",), ("s-2",)]


@pytest.mark.parametrize(
    ("state", "named"), [({"instance_id": "i-9"}, "i-9"), ({"status": "Creating"}, "d-1")]
)
def test_what_is_used_again_or_unknown_is_not_deleted(
    gateway: FakeGateway, tmp_path: Path, state: dict[str, str], named: str
) -> None:
    receipt(tmp_path, ("disk", "d-1"))
    left(gateway, **state)
    result = called("survivors", "--release", "d-1")
    assert (result.exit_code, gateway.calls, named in result.stderr) == (1, [], True)
    unknown = called("survivors", "--release", "d-7")
    assert (unknown.exit_code, "d-7: no survivor" in unknown.stderr) == (1, True)


def test_one_that_cannot_go_saves_no_other_and_is_said(gateway: FakeGateway) -> None:
    left(gateway, tags=TAGS)
    left(gateway, "d-2", tags=TAGS)
    gateway.leftovers.fails["d-1"] = Refused("DiskInUse", "no", "R", "DeleteDisk", about="d-1")
    result = called("survivors", "--release", "d-1", "--release", "d-2", typed="release 2\n")
    assert (result.exit_code, gateway.calls) == (1, [("delete disk", ("d-2",))])
    assert "DiskInUse" in result.stdout


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


def test_adopt_without_the_words_changes_nothing(gateway: FakeGateway) -> None:
    gateway.add(stranger("i-1", "old"))
    result = called("adopt", "i-1", "--group", "web", typed="y\n")
    assert (result.exit_code, gateway.calls) == (1, [])


def test_adopt_says_what_it_cannot_declare(gateway: FakeGateway) -> None:
    nameless = (disk("i-1"), data_disk("i-1", name=""))
    gateway.add(stranger("i-1", "a", disks=nameless, tags=(("owner", "ann"),)))
    gateway.add(stranger("i-2", "b"))
    shown = called("adopt", "i-1", "i-2", "--group", "web", typed="adopt 2\n").stdout
    assert "i-1: `pulumi up` takes off tags that others lack: owner" in shown
    assert "d-i-1-data cannot be declared" in shown


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
    assert "note: web.instance_type" in result.stdout


def diagnosed() -> dict[str, dict[str, str]]:
    return {row["check"]: row for row in json.loads(called("doctor", "--json").stdout)}


def test_doctor_tells_rights_clock_and_configuration_with_a_fix(
    gateway: FakeGateway, mocker: MockerFixture
) -> None:
    gateway.refused_rights |= {"ecs:DeleteInstances", "ecs:StopInstances"}
    mocker.patch.object(diagnosis, "export_stack", return_value='{"deployment": {}}')
    found = diagnosed()
    assert found["right ecs:DeleteInstances"]["result"] == "WRONG"
    assert found["right ecs:StopInstances"]["result"] == "missing"
    assert found["right ecs:ModifyInstanceAttribute"]["result"] == "unknown"
    assert found["right ecs:DescribeInstances"]["result"] == "ok"
    assert (found["clock"]["result"], "NTP" in found["clock"]["what to do"]) == ("WRONG", True)
    assert "network" in found["configuration"]["found"]
    assert called("doctor").exit_code == 1


def test_doctor_goes_on_where_the_cloud_does_not_answer(gateway: FakeGateway, mocker: MockerFixture) -> None:
    mocker.patch.object(
        gateway, "identity", side_effect=Refused("InvalidAccessKeyId.NotFound", "no such key")
    )
    mocker.patch.object(diagnosis, "export_stack", return_value='{"deployment": {}}')
    found = diagnosed()
    assert (found["credentials"]["result"], "clock" in found) == ("WRONG", False)
    assert "InvalidAccessKeyId" in found["credentials"]["found"]


@pytest.mark.parametrize("tool", ["pulumi", "alicloud plugin"])
@pytest.mark.parametrize(("found", "result"), [("", "WRONG"), ("3.0.0", "WRONG"), ("99.1.0-beta", "ok")])
def test_doctor_compares_versions(
    gateway: FakeGateway, mocker: MockerFixture, tool: str, found: str, result: str
) -> None:
    listed = json.dumps([{"name": "alicloud", "version": found}] if found else [])
    mocker.patch.object(
        diagnosis, "_output", side_effect=lambda *words: listed if "plugin" in words else found
    )
    mocker.patch.object(diagnosis, "export_stack", return_value='{"deployment": {}}')
    assert diagnosed()[tool]["result"] == result


@pytest.mark.parametrize("command", ["survivors", "doctor"])
@pytest.mark.parametrize("text", ["- 1", "{", None])
def test_a_project_file_that_cannot_be_read_is_one_line(
    gateway: FakeGateway, tmp_path: Path, command: str, text: str | None
) -> None:
    path = tmp_path / "Pulumi.yaml"
    path.unlink() if text is None else path.write_text(text)
    result = called(command)
    assert (result.exit_code, result.stderr.count("\n"), "Pulumi.yaml" in result.stderr) == (1, 1, True)


def test_the_oldest_cli_is_the_one_that_the_toolchain_builds() -> None:
    module = (Path(__file__).parents[3] / "toolchain" / "cli" / "go.mod").read_text()
    assert f"pulumi/pkg/v3 v{diagnosis.OLDEST_PULUMI} " in module
