"""Teardown: what each of its methods releases, refuses and records."""

from typing import Any

import pytest
from pulumi.runtime.rpc import UNKNOWN

from ecs_release.gateway.errors import Unreachable
from ecs_release.provider.teardown import TeardownProvider
from tests.unit.domain.worlds import instance
from tests.unit.fake_gateway import FakeGateway
from tests.unit.provider.conftest import CLOUD, TestSession, members, record, stored

PROVIDER = TeardownProvider()
ON_REPLACED = {"on_replaced": "release"}


def released(gateway: FakeGateway) -> list[tuple[str, ...]]:
    return [ids for method, ids in gateway.calls if method == "release_instances"]


def test_create_records_and_changes_nothing(gateway: FakeGateway) -> None:
    result = PROVIDER.create(record())
    assert result.outs == stored()
    assert gateway.calls == []


def test_create_never_fails_for_what_the_cloud_says(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def down(_: Any) -> Any:
        raise Unreachable("", "no answer")

    monkeypatch.setattr(gateway, "find_instances", down)
    assert PROVIDER.create(record()).outs == stored()
    assert "could not look" in capsys.readouterr().out


def test_create_warns_of_members_that_are_gone(
    gateway: FakeGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    del gateway.instances["i-1"]
    PROVIDER.create(record())
    assert "web-1 i-1 is declared but not seen" in capsys.readouterr().out


def test_delete_releases_the_whole_group(gateway: FakeGateway) -> None:
    PROVIDER.delete("id", stored())
    assert released(gateway) == [("i-0", "i-1", "i-2")]


def test_delete_refuses_as_a_whole_and_shows_no_trace(gateway: FakeGateway) -> None:
    gateway.add(instance("i-1", "web-1", deletion_protection=True))
    with pytest.raises(Exception, match="web-1 i-1 protected") as raised:
        PROVIDER.delete("id", stored())
    assert type(raised.value).__name__ == "Refused"
    assert raised.value.__suppress_context__
    assert released(gateway) == []


def test_delete_of_what_is_still_declared_is_a_move(gateway: FakeGateway) -> None:
    PROVIDER.check({}, record())
    PROVIDER.delete("id", stored())
    assert released(gateway) == []


def test_delete_beside_a_declaration_with_new_ids_is_a_replacement(gateway: FakeGateway) -> None:
    gateway.add(instance("i-9", "web-0"))
    PROVIDER.check({}, record(members={**members(1, 2), "web-0": "i-9"}))
    with pytest.raises(Exception, match="web-0 i-0 replaced"):
        PROVIDER.delete("id", stored())
    assert released(gateway) == []


def test_update_releases_a_member_that_left(gateway: FakeGateway) -> None:
    result = PROVIDER.update("id", stored(), record(members=members(0, 1)))
    assert released(gateway) == [("i-2",)]
    assert result.outs == stored(members=members(0, 1))


def test_update_releases_what_a_broken_off_up_left(gateway: FakeGateway) -> None:
    gateway.add(instance("i-7", "web-7"))
    assert PROVIDER.diff("id", stored(), record()).changes
    PROVIDER.update("id", stored(), record())
    assert released(gateway) == [("i-7",)]


def test_update_only_names_a_copy_when_nothing_leaves(
    gateway: FakeGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    gateway.add(instance("i-7", "web-0"))
    PROVIDER.update("id", stored(), record(terms=ON_REPLACED))
    assert released(gateway) == []
    assert "i-7 unrecorded" in capsys.readouterr().out


def test_update_refuses_a_copy_when_something_leaves(gateway: FakeGateway) -> None:
    gateway.add(instance("i-7", "web-0"))
    with pytest.raises(Exception, match="i-7 unrecorded"):
        PROVIDER.update("id", stored(), record(members=members(0, 1)))
    assert released(gateway) == []


@pytest.mark.parametrize(("terms", "expected"), [({}, []), (ON_REPLACED, [("i-0",)])])
def test_replacement(gateway: FakeGateway, terms: dict[str, Any], expected: list[tuple[str, ...]]) -> None:
    gateway.add(instance("i-9", "web-0"))
    news = record(members={**members(1, 2), "web-0": "i-9"}, terms=terms)
    if not expected:
        with pytest.raises(Exception, match="the new one is i-9"):
            PROVIDER.update("id", stored(), news)
    else:
        PROVIDER.update("id", stored(), news)
    assert released(gateway) == expected


def test_a_refresh_that_was_lied_to_releases_nothing_that_lives(gateway: FakeGateway) -> None:
    gateway.may_see = False
    news = record(members={"web-0": "i-9", **members(1, 2)}, terms=ON_REPLACED)
    with pytest.raises(Exception, match="no-permission-to-look"):
        PROVIDER.update("id", stored(), news)
    assert released(gateway) == []


def test_a_passed_schedule_only_confirms(gateway: FakeGateway, capsys: pytest.CaptureFixture[str]) -> None:
    news = record(members={}, released_by="2030-06-01T10:00Z")
    with pytest.raises(Exception, match="schedule-not-fired"):
        PROVIDER.update("id", stored(), news)
    gateway.instances.clear()
    PROVIDER.update("id", stored(), news)
    assert "released as planned" in capsys.readouterr().out
    assert released(gateway) == []


def test_diff_prints_the_plan_of_what_will_leave(capsys: pytest.CaptureFixture[str]) -> None:
    assert PROVIDER.diff("id", stored(), record(members=members(0, 1))).changes
    assert "web-2 i-2 release" in capsys.readouterr().out


def test_diff_says_nothing_when_nothing_changes(capsys: pytest.CaptureFixture[str]) -> None:
    result = PROVIDER.diff("id", stored(), record())
    assert (result.changes, result.replaces) == (False, [])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("ids", [UNKNOWN, {"web-0": UNKNOWN, **members(1, 2)}])
def test_diff_bears_unknown_ids(ids: Any) -> None:
    assert PROVIDER.diff("id", stored(), record(members=ids)).changes


def test_another_account_and_another_region_are_refused(
    gateway: FakeGateway, own_session: TestSession
) -> None:
    own_session.configure({"region": "cn-beijing"})
    with pytest.raises(Exception, match="wrong-region"):
        PROVIDER.delete("id", stored())
    own_session.configure({"region": "cn-hangzhou", "endpoints": '[{"ecs": "127.0.0.1:2"}]'})
    with pytest.raises(Exception, match="wrong-endpoint"):
        PROVIDER.read("id", stored())
    own_session.configure({})
    gateway.account = "2"
    with pytest.raises(Exception, match="wrong-account"):
        PROVIDER.delete("id", stored())


def test_a_record_of_a_later_schema_is_refused_by_name() -> None:
    with pytest.raises(Exception, match="schema 2"):
        PROVIDER.delete("id", {**stored(), "schema": 2.0})


@pytest.mark.parametrize(
    "elsewhere",
    [{"account": "2"}, {"cloud": {**CLOUD, "region": "cn-beijing"}}],
    ids=["another account", "another region"],
)
def test_an_update_never_moves_a_group_to_another_place(
    gateway: FakeGateway, elsewhere: dict[str, Any]
) -> None:
    with pytest.raises(Exception, match="back to the recorded ones"):
        PROVIDER.update("id", stored(), record(**elsewhere))
    assert gateway.calls == []
