"""What a careful client does not do is noted, and what it does is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.emulator.cloud import Cloud, Server
from tests.emulator.inside import Inside, listed, opened
from tests.emulator.ram import allow, made, session, trusting, user

DELETE, READ, MODIFY = "DeleteInstances", "DescribeInstances", "ModifyInstanceAttribute"


@pytest.fixture
def inside() -> Iterator[Inside]:
    with opened() as cloud:
        yield cloud


def fault(cloud: Inside, action: str, **effect: Any) -> None:
    cloud.control("faults", {"match": {"action": action, "times": 1}, "effect": effect})


def lost(cloud: Inside, action: str, **parameters: Any) -> None:
    fault(cloud, action, drop="reply")
    with pytest.raises(httpx.ReadError):
        cloud.call(action, parameters)


def throttled_then(cloud: Inside, seconds: float, **effect: Any) -> None:
    fault(cloud, MODIFY, code="Throttling.User", **effect)
    for _ in range(2):
        cloud.call(MODIFY, {"InstanceId": "i-0"})
        cloud.wait(seconds)


def throttled_look(cloud: Inside) -> None:
    fault(cloud, READ, code="Throttling", retry_after_ms=100)
    cloud.call(READ)
    cloud.wait(0.2)
    cloud.call(READ)


def looks(cloud: Inside, seconds: float, *between: Callable[[], object]) -> None:
    cloud.call(READ)
    cloud.wait(seconds)
    for act in between:
        act()
    cloud.call(READ)


def changes_then_looks(cloud: Inside) -> None:
    cloud.call(MODIFY, {"InstanceId": "i-0"})
    looks(cloud, 0.1)


def looks_elsewhere(cloud: Inside) -> None:
    for size in (20, 50):
        cloud.call(READ, {"PageSize": size})


def loses_a_look(cloud: Inside) -> None:
    lost(cloud, READ)
    cloud.call(READ)


def looks_one_by_one(cloud: Inside, count: int, seconds: float = 0.0) -> None:
    for number in range(count):
        cloud.call(READ, {"InstanceIds": listed(f"i-{number}")})
        cloud.wait(seconds)


def deletes_again(cloud: Inside, **parameters: Any) -> None:
    instance = cloud.stopped()
    cloud.good("DeleteInstance", {"InstanceId": instance})
    cloud.call(DELETE, {"InstanceId.1": "i-0" if parameters else instance, **parameters})


def repeats_delete(cloud: Inside, token: str) -> None:
    order = {"InstanceId.1": cloud.stopped()} | ({"ClientToken": token} if token else {})
    for _ in range(2):
        cloud.call(DELETE, order)


def loses_a_delete(cloud: Inside, more: int) -> None:
    instance = cloud.stopped()
    lost(cloud, "DeleteInstance", InstanceId=instance)
    for _ in range(more):
        cloud.call("DeleteInstance", {"InstanceId": instance})


def delayed_delete(cloud: Inside) -> None:
    instance = cloud.stopped()
    fault(cloud, "DeleteInstance", delay_ms=5000)
    for _ in range(2):
        cloud.call("DeleteInstance", {"InstanceId": instance})


def scheduled(cloud: Inside) -> None:
    instance = cloud.run({"AutoReleaseTime": "2026-06-15T11:00:00Z"})
    cloud.advance("PT59M59S")
    cloud.call("DeleteInstance", {"InstanceId": instance, "Force": True})


def checks_a_delete_again(cloud: Inside) -> None:
    instance = cloud.stopped()
    for dry in (False, True):
        cloud.call("DeleteInstance", {"InstanceId": instance, "DryRun": dry})


def stranger(cloud: Inside) -> None:
    instance = cloud.stopped()
    cloud.good("DeleteInstance", {"InstanceId": instance})
    cloud.key = "emulator-b"
    cloud.call("DeleteInstance", {"InstanceId": instance})


def nonces(cloud: Inside, action: str, *values: str) -> None:
    for value in values:
        cloud.signed(value, action, RegionId="cn-hangzhou", InstanceId="i-0")
        cloud.wait(2)


def tokens(cloud: Inside, *more: dict[str, Any]) -> None:
    instance = cloud.run()
    for each in more:
        cloud.call(DELETE, {"InstanceId.1": instance, "ClientToken": "once", "DryRun": False, **each})


def expired(cloud: Inside, action: str) -> None:
    # Ordered here: the fault only stands for a refusal, which is no fault of the client.
    fault(cloud, action, status=403, code="InvalidSecurityToken.Expired")
    cloud.call(action, {"InstanceId": "i-0"})


Deed = Callable[[Inside], None]
CARELESS: list[tuple[str, str, Deed]] = [
    ("polling", "at once", lambda c: looks(c, 0)),
    ("polling", "twice in a second", lambda c: looks(c, 0.5)),
    ("polling", "an empty list too", lambda c: looks(c, 0.9)),
    ("polling", "a change before both", changes_then_looks),
    ("no-back-off", "a change sent again at once", lambda c: throttled_then(c, 0)),
    ("no-back-off", "and after half a second", lambda c: throttled_then(c, 0.5)),
    ("no-back-off", "sooner than it was told", lambda c: throttled_then(c, 0.1, retry_after_ms=500)),
    ("nonce", "a change", lambda c: nonces(c, "DeleteInstance", "a", "a")),
    ("nonce", "also much later", lambda c: nonces(c, "DeleteInstance", "a", "b", "c", "a")),
    ("client-token", "another instance", lambda c: tokens(c, {"Force": True}, {"InstanceId.1": "i-0"})),
    ("releasing", "by the other call", deletes_again),
    ("releasing", "by the same call", lambda c: repeats_delete(c, "")),
    ("releasing", "after a lost reply, the third time", lambda c: loses_a_delete(c, 2)),
    ("releasing", "on schedule", scheduled),
    ("single-ids", "21 at once", lambda c: looks_one_by_one(c, 21)),
    ("single-ids", "one burst is one finding", lambda c: looks_one_by_one(c, 40)),
]
CAREFUL: list[tuple[str, Deed]] = [
    ("looks once a second", lambda c: looks(c, 1)),
    ("looks a little early by our clock", lambda c: looks(c, 0.96)),
    ("looks again after a change", lambda c: looks(c, 0, lambda: c.call(MODIFY, {"InstanceId": "i-0"}))),
    ("looks at something else", looks_elsewhere),
    ("looks again after a lost reply", loses_a_look),
    ("looks again when it was told to", throttled_look),
    ("backs off for a second", lambda c: throttled_then(c, 1)),
    ("backs off for as long as it was told", lambda c: throttled_then(c, 0.2, retry_after_ms=200)),
    ("signs every call anew", lambda c: nonces(c, "DeleteInstance", "a", "b")),
    ("signs no change twice", lambda c: nonces(c, READ, "a", "a")),
    ("sends no nonce", lambda c: nonces(c, "DeleteInstance", "", "")),
    ("repeats a call with its token", lambda c: tokens(c, {"Force": True}, {"Force": True})),
    ("repeats a release with its token", lambda c: repeats_delete(c, "once")),
    ("deletes again after a lost reply", lambda c: loses_a_delete(c, 1)),
    ("deletes again after a delayed reply", delayed_delete),
    ("deletes what is not there", lambda c: deletes_again(c, DryRun=False)),
    ("asks whether it could delete", checks_a_delete_again),
    ("cannot see what another account releases", stranger),
    ("looks up 20 one by one", lambda c: looks_one_by_one(c, 20)),
    ("looks up many, one a tenth of a second", lambda c: looks_one_by_one(c, 40, 0.1)),
    ("is told of an expiry that was ordered", lambda c: expired(c, "DeleteInstance")),
]


@pytest.mark.parametrize(
    ("kind", "reason", "deed"), CARELESS, ids=[f"{kind}: {reason}" for kind, reason, _ in CARELESS]
)
def test_a_careless_call_is_noted(inside: Inside, kind: str, reason: str, deed: Deed) -> None:
    deed(inside)
    assert inside.found() == [kind]


@pytest.mark.parametrize(("reason", "deed"), CAREFUL, ids=[reason for reason, _ in CAREFUL])
def test_a_careful_client_leaves_no_trace(inside: Inside, reason: str, deed: Deed) -> None:
    deed(inside)
    assert inside.found() == []


def test_two_keys_do_not_poll_for_each_other(inside: Inside) -> None:
    inside.call(READ)
    inside.key = "emulator-a"
    inside.call(READ)
    assert inside.found() == []


@pytest.mark.parametrize(
    ("reason", "action", "wait", "kinds"),
    [
        ("a change too late", "DeleteInstance", "PT16M", ["expired-token"]),
        ("a look too late", READ, "PT16M", []),
        ("a change in time", "DeleteInstance", "PT14M", []),
    ],
)
def test_an_expired_token(cloud: Cloud, reason: str, action: str, wait: str, kinds: list[str]) -> None:
    made(cloud, "CreateRole", RoleName="looker", AssumeRolePolicyDocument=trusting())
    caller = user(cloud, "caller", allow("sts:AssumeRole"))
    temporary = session(cloud, caller, "looker", DurationSeconds=900)
    cloud.advance(wait)
    temporary.call(action, {"InstanceId": "i-0"} if action != READ else {})
    assert [row["kind"] for row in cloud.look("violations")] == kinds


def test_what_a_finding_says(inside: Inside) -> None:
    inside.call("DescribeDisks")
    looks(inside, 0.25)
    (row,) = inside.look("violations")
    assert row == {
        "n": 1,
        "time": "2026-06-15T10:00:00Z",
        "kind": "polling",
        "action": READ,
        "request": 3,
        "text": "the same look 250 ms before; once a second is enough",
    }
    assert inside.look("requests")[2]["n"] == row["request"]


def test_findings_are_numbered_and_reset(inside: Inside) -> None:
    for _ in range(3):
        inside.call(READ)
    assert [row["n"] for row in inside.look("violations")] == [1, 2]
    assert [row["n"] for row in inside.look("violations?since=1")] == [2]
    assert inside.http.get("/_emulator/violations?since=x").status_code == 400
    inside.control("reset", {})
    assert inside.found() == []
    inside.call(READ)
    assert inside.found() == []


def test_findings_and_nonces_outlive_the_process(tmp_path: Path) -> None:
    with opened(tmp_path / "world.db") as before:
        looks(before, 0)
        nonces(before, "DeleteInstance", "a")
        kept = before.look("violations")
    with opened(tmp_path / "world.db") as after:
        assert after.look("violations") == kept
        nonces(after, "DeleteInstance", "a")
        assert after.found() == ["polling", "nonce"]


def test_a_reply_lost_with_the_process_excuses_one_repetition(tmp_path: Path) -> None:
    with opened(tmp_path / "world.db") as before:
        instance = before.stopped()
        before.good("DeleteInstance", {"InstanceId": instance})
    with opened(tmp_path / "world.db") as after:
        after.call("DeleteInstance", {"InstanceId": instance})
        assert after.found() == []
        after.call("DeleteInstance", {"InstanceId": instance})
        assert after.found() == ["releasing"]


def test_over_the_wire(server: Server, cloud: Cloud) -> None:
    cloud.call(READ)
    cloud.call(READ)
    assert [row["kind"] for row in cloud.look("violations")] == ["polling"]
