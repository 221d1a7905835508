"""The receipt of a run: complete, priced, readable, and without anything that was not done."""

import json
from pathlib import Path

from ecs_release.domain.facts import SnapshotFacts
from ecs_release.domain.terms import Backup, OnProtected
from ecs_release.gateway.errors import NoPermission, Refused
from tests.unit.domain.worlds import NOW, instance
from tests.unit.fake_gateway import FakeGateway
from tests.unit.runner.test_phases import pair, run


def receipts(folder: Path) -> list[dict[str, object]]:
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*.receipt.json"))]


def test_a_receipt_tells_who_ended_what_by_which_calls_and_what_stays(tmp_path: Path) -> None:
    gateway = pair()
    run(gateway, tmp_path, backup=Backup.SNAPSHOTS)
    (receipt,) = receipts(tmp_path)
    assert receipt["schema"] == 1
    assert receipt["caller"] == {"account": "1", "arn": "arn", "kind": "RAMUser"}
    assert receipt["done"] is True
    assert [each["instance_id"] for each in receipt["released"]] == ["i-0", "i-1"]  # type: ignore[attr-defined]
    stays = {each["id"]: each["price"] for each in receipt["stays"]}  # type: ignore[attr-defined]
    assert stays == {
        "d-i-0-data": "144.00 CNY a month",
        "d-i-1-data": "144.00 CNY a month",
        "s-d-i-0-system": "unknown: billed by the blocks that it holds",
        "s-d-i-1-system": "unknown: billed by the blocks that it holds",
    }
    assert {each["id"] for each in receipt["lost"]} == {"d-i-0-system", "d-i-1-system"}  # type: ignore[attr-defined]
    calls = [(each["action"], each["request_id"]) for each in receipt["calls"]]  # type: ignore[attr-defined]
    assert [action for action, _ in calls] == ["CreateSnapshot", "CreateSnapshot", "DeleteInstances"]
    assert all(request_id for _, request_id in calls)


def test_the_same_in_markdown_with_nothing_that_breaks_a_table(tmp_path: Path) -> None:
    gateway = FakeGateway(instance("i-0", "web-0"))
    gateway.snapshots["s-1"] = SnapshotFacts("s-1", "d-i-0-system", "a|b", created_at=NOW)
    run(gateway, tmp_path)
    (page,) = tmp_path.glob("*.receipt.md")
    text = page.read_text()
    assert text.startswith("# Release of web (shop, test): done")
    assert "| disk | d-i-0-data |" in text
    widths = {line.count(" | ") for line in text.splitlines() if line.startswith("| snapshot")}
    assert len(widths) == 1


def test_a_refused_run_that_called_something_has_a_receipt_too(tmp_path: Path) -> None:
    gateway = pair(deletion_protection=True)
    refused = Refused("DependencyViolation.RouteEntry", "no", "R-9", "DeleteInstances", status=400)
    gateway.fail("release_instances", refused)
    run(gateway, tmp_path, on_protected=OnProtected.LIFT)
    (receipt,) = receipts(tmp_path)
    assert (receipt["done"], receipt["released"]) == (False, [])
    assert {each["reason"] for each in receipt["refused"]} == {"route-entry"}  # type: ignore[attr-defined]


def test_a_run_that_called_nothing_leaves_none(tmp_path: Path) -> None:
    run(pair(deletion_protection=True), tmp_path)
    assert receipts(tmp_path) == []


def test_what_was_to_stay_and_is_not_there_is_said_to_be_lost_and_what_may_not_be_seen_is_not(
    tmp_path: Path,
) -> None:
    gateway = FakeGateway(instance("i-0", "web-0", eip_address="1.2.3.4", eip_allocation_id="eip-9"))
    outcome = run(gateway, tmp_path)
    lost = {thing.id: "NOT to be found" in thing.why for thing in outcome.survivors}
    assert lost == {"eip-9": True, "d-i-0-data": False}
    gateway = FakeGateway(instance("i-0", "web-0", eip_address="1.2.3.4", eip_allocation_id="eip-9"))
    gateway.leftovers.forbidden = NoPermission("Forbidden.RAM", "no")
    outcome = run(gateway, tmp_path)
    assert not any("NOT to be found" in thing.why for thing in outcome.survivors)
