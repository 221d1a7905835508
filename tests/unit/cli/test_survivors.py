"""survivors over a project's files and a gateway in memory."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ecs_release.cli import main
from ecs_release.domain.facts import EipFacts, ImageFacts
from ecs_release.gateway.errors import Refused
from ecs_release.runner.journal import Journal
from ecs_release.runner.receipt import Caller, Receipt, ReceiptThing
from ecs_release.runner.survivors import Place, remembered
from tests.unit.domain.worlds import NOW, data_disk
from tests.unit.fake_gateway import FakeGateway

RUNNER = CliRunner()
PLACE = {"project": "shop", "stack": "t", "account": "1"}
TAGS = (("ecs-release:project", "shop"), ("ecs-release:stack", "t"))


@pytest.fixture
def gateway(project: FakeGateway) -> FakeGateway:
    return project


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


@pytest.mark.parametrize(
    "plan",
    [
        7,
        [],
        {"instances": 7},
        {"instances": [7]},
        {"instances": [{"survivors": [7, {"kind": 7}, {"id": "d-1"}]}]},
    ],
)
def test_the_damaged_plan_of_a_killed_run_tells_nothing(
    gateway: FakeGateway, tmp_path: Path, plan: Any
) -> None:
    journal = Journal(tmp_path, "web", lambda: NOW)
    journal.write("plan", plan=plan, place={"project": "shop", "stack": "test", "account": "1"})
    journal.write("call", action="DeleteInstances", ids=["i-1"])
    place = Place("shop", "test", "1")
    assert remembered(tmp_path, place) == {}


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
