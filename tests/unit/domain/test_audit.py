"""Whose doing each thing was: by request id, by token, by what a run wrote down and never heard of."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ecs_release.domain.audit import Deed, Happening, OwnCall, Verdict, audited, made_by

NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
TIME = "ModifyInstanceAutoReleaseTime"


def happening(request_id: str = "R-1", action: str = "DeleteInstances", **changes: Any) -> Happening:
    made = Happening(f"E-{request_id}", request_id, action, NOW, frozenset({"i-1"}), "ops", "key-1")
    return replace(made, **changes)


def own(*request_ids: str, action: str = "DeleteInstances", **changes: Any) -> OwnCall:
    made = OwnCall(action, frozenset({"i-1", "i-2"}), NOW - SECOND, frozenset(request_ids))
    return replace(made, **changes)


def verdicts(happenings: list[Happening], *calls: OwnCall) -> dict[str, Verdict]:
    found = audited(happenings, calls, {"i-1", "i-2"})
    return {finding.happening.request_id: finding.verdict for finding in found}


@pytest.mark.parametrize(
    ("action", "parameters", "deed"),
    [
        ("DeleteInstance", {}, Deed.RELEASE),
        ("DeleteInstances", {}, Deed.RELEASE),
        ("Release", {}, Deed.RELEASE),
        ("RefundInstance", {}, Deed.REFUND),
        (TIME, {}, Deed.SCHEDULE),
        ("ModifyInstanceAttribute", {"DeletionProtection": "false"}, Deed.LIFT),
        ("ModifyInstanceAttribute", {"DeletionProtection": "False"}, Deed.LIFT),
        ("ModifyInstanceAttribute", {"DeletionProtection": "true"}, None),
        ("ModifyInstanceAttribute", {"InstanceName": "new"}, None),
        ("RunInstances", {}, None),
        ("StopInstance", {}, None),
    ],
)
def test_what_was_done(action: str, parameters: dict[str, str], deed: Deed | None) -> None:
    assert happening(action=action, parameters=parameters).deed is deed


def test_a_call_whose_request_id_a_run_wrote_down_is_ours() -> None:
    assert verdicts([happening("R-1"), happening("R-2", access_key="key-2")], own("R-1")) == {
        "R-1": Verdict.OURS,
        "R-2": Verdict.FOREIGN,
    }


def test_what_was_refused_did_nothing() -> None:
    assert verdicts([happening(refused="InvalidOperation.DeletionProtection")]) == {}


def test_instances_of_others_are_not_our_business() -> None:
    assert verdicts([happening(instances=frozenset({"i-9"}))]) == {}
    both = happening(instances=frozenset({"i-1", "i-9"}))
    assert verdicts([both]) == {"R-1": Verdict.FOREIGN}


def test_findings_come_in_the_order_of_time() -> None:
    late, early = happening("R-2"), happening("R-1", at=NOW - MINUTE)
    assert [finding.happening for finding in audited([late, early], (), ["i-1"])] == [early, late]


def test_what_the_cloud_did_by_itself_is_the_clouds() -> None:
    assert verdicts([happening(action="Release", by_system=True)]) == {"R-1": Verdict.CLOUD}
    # Not even a call without an answer makes it ours.
    assert verdicts([happening(by_system=True)], own()) == {"R-1": Verdict.CLOUD}


def test_a_lost_reply_is_known_by_the_token_of_its_repetition() -> None:
    lost = happening("R-1", parameters={"ClientToken": "t"}, access_key="key-1")
    heard = happening("R-2", parameters={"ClientToken": "t"}, at=NOW + SECOND)
    other = happening("R-3", parameters={"ClientToken": "u"}, at=NOW + SECOND)
    assert verdicts([lost, heard, other], own("R-2")) == {
        "R-1": Verdict.OURS,
        "R-2": Verdict.OURS,
        "R-3": Verdict.FOREIGN,
    }


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, Verdict.OURS),
        ({"access_key": "key-2"}, Verdict.FOREIGN),
        ({"who": "else"}, Verdict.FOREIGN),
        ({"at": NOW + 2 * SECOND}, Verdict.FOREIGN),
        ({"at": NOW - 5 * MINUTE}, Verdict.FOREIGN),
        ({"instances": frozenset({"i-1", "i-9"})}, Verdict.FOREIGN),
        ({"action": "RefundInstance"}, Verdict.FOREIGN),
    ],
)
def test_without_a_token_the_same_key_a_moment_before_is_its_repetition(
    changes: dict[str, Any], verdict: Verdict
) -> None:
    lost = replace(happening("R-1", action=TIME), **changes)
    heard = happening("R-2", action=TIME, at=NOW + SECOND)
    assert verdicts([lost, heard], own("R-2", action=TIME))["R-1"] is verdict


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, Verdict.ASSUMED),
        ({"at": NOW + 10 * MINUTE}, Verdict.ASSUMED),
        ({"at": NOW + 12 * MINUTE}, Verdict.FOREIGN),
        ({"at": NOW - 5 * MINUTE}, Verdict.FOREIGN),
        ({"instances": frozenset({"i-2", "i-9"})}, Verdict.FOREIGN),
        ({"action": "DeleteInstance"}, Verdict.FOREIGN),
    ],
)
def test_a_call_that_was_never_answered_explains_what_it_can_be(
    changes: dict[str, Any], verdict: Verdict
) -> None:
    assert verdicts([happening(**changes)], own())["R-1"] is verdict


def test_a_call_without_an_answer_explains_nobody_elses_later_one() -> None:
    first, same = happening("R-1"), happening("R-2", at=NOW + MINUTE)
    other = happening("R-3", at=NOW + MINUTE, access_key="key-2")
    assert verdicts([first, same, other], own()) == {
        "R-1": Verdict.ASSUMED,
        "R-2": Verdict.ASSUMED,
        "R-3": Verdict.FOREIGN,
    }


def creation(**tags: str) -> Happening:
    numbered = enumerate(tags.items(), 1)
    parameters: dict[str, str] = {}
    for number, (key, value) in numbered:
        parameters |= {f"Tag.{number}.Key": f"ecs-release:{key}", f"Tag.{number}.Value": value}
    return happening(action="RunInstances", parameters=parameters)


def test_creations_tell_which_instances_are_a_stacks() -> None:
    ours = creation(project="shop", stack="prod", member="web-0", group="web")
    assert made_by([ours], "shop", "prod") == {"i-1": "web-0"}
    assert made_by([creation(project="shop", stack="prod", group="web")], "shop", "prod") == {"i-1": "web"}
    assert made_by([ours], "shop", "dev") == {}
    assert made_by([replace(ours, refused="QuotaExceeded")], "shop", "prod") == {}
    assert made_by([happening(action="TagResources", parameters=ours.parameters)], "shop", "prod") == {}
