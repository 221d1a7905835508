"""Gate: one refused group holds back all, before the first is touched."""

import pytest

from ecs_release.provider.gate import GateProvider
from ecs_release.provider.teardown import TeardownProvider
from tests.unit.domain.worlds import instance
from tests.unit.fake_gateway import FakeGateway
from tests.unit.provider.conftest import members, record, stored

PROVIDER = GateProvider()
OTHER = "fedcba98765432100000"


def groups(*names: str) -> dict[str, object]:
    held = {
        "web": record(),
        "jobs": record(group="jobs", group_id=OTHER, members={"jobs-0": "i-8"}),
    }
    return {"groups": {name: held[name] for name in names}, "schema": 1.0}


def test_delete_passes_when_no_group_is_refused(gateway: FakeGateway) -> None:
    gateway.add(instance("i-8", "jobs-0", OTHER))
    PROVIDER.delete("gate", groups("web", "jobs"))
    assert gateway.calls == []


def test_one_refused_group_holds_back_the_other(gateway: FakeGateway) -> None:
    gateway.add(instance("i-8", "jobs-0", OTHER, deletion_protection=True))
    with pytest.raises(Exception, match="held back with it: web") as raised:
        PROVIDER.delete("gate", groups("web", "jobs"))
    assert "jobs-0 i-8 protected" in str(raised.value)
    assert gateway.calls == []


def test_update_refuses_a_group_that_leaves_and_would_be_refused(gateway: FakeGateway) -> None:
    TeardownProvider().check({}, record())
    PROVIDER.update("gate", groups("web"), groups("web"))
    gateway.add(instance("i-8", "jobs-0", OTHER, deletion_protection=True))
    with pytest.raises(Exception, match="i-8 protected"):
        PROVIDER.update("gate", groups("web", "jobs"), groups("web"))


def test_diff_prints_the_plan_of_a_group_that_leaves(
    gateway: FakeGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    TeardownProvider().check({}, record(group="jobs", group_id=OTHER, members={}))
    assert PROVIDER.diff("gate", groups("web", "jobs"), groups("jobs")).changes
    assert "web: 3 to release" in capsys.readouterr().out


def test_a_group_that_only_moved_does_not_leave(gateway: FakeGateway) -> None:
    gateway.add(instance("i-0", "web-0", deletion_protection=True))
    TeardownProvider().check({}, record(group="front", members=members(0, 1, 2)))
    PROVIDER.update("gate", groups("web"), {"groups": {"front": record(group="front")}})
    PROVIDER.delete("gate", groups("web"))


def test_read_keeps_the_record(gateway: FakeGateway) -> None:
    gateway.account = "2"
    with pytest.raises(Exception, match="wrong-account"):
        PROVIDER.read("gate", groups("web"))
    gateway.account = "1"
    assert PROVIDER.read("gate", groups("web")).outs == groups("web")
    assert stored()["schema"] == 1.0
