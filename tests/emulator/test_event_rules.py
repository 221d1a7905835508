"""EventBridge: the lives of buses and rules, what is refused, and the rights that are asked for."""

from __future__ import annotations

import json

import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.ram import ACCOUNT, allow, user
from tests.emulator.ruling import WRITES, asked, good, rule, target


def test_a_bus_from_its_creation_to_its_end(cloud: Cloud) -> None:
    good(cloud, "CreateEventBus", EventBusName="shop")
    good(cloud, "UpdateEventBus", EventBusName="shop", Description="orders")
    assert good(cloud, "GetEventBus", EventBusName="shop")["Description"] == "orders"
    assert [one["EventBusName"] for one in good(cloud, "ListEventBuses")["EventBuses"]] == ["shop"]
    rule(cloud, EventBusName="shop")
    assert asked(cloud, "DeleteEventBus", EventBusName="shop")["Code"] == "EventBusRuleNotEmptyForDelete"
    good(cloud, "DeleteRule", EventBusName="shop", RuleName="alarm")
    good(cloud, "DeleteEventBus", EventBusName="shop")
    assert asked(cloud, "GetEventBus", EventBusName="shop")["Code"] == "EventBusNotExist"


def test_a_rule_from_its_creation_to_its_end(cloud: Cloud) -> None:
    names = {"EventBusName": "default", "RuleName": "alarm"}
    rule(cloud, target("http://127.0.0.1:1/"), Description="first")
    good(cloud, "UpdateRule", **names, FilterPattern='{"source": ["acs.oss"]}', Description="second")
    good(
        cloud, "PutTargets", **names, Targets=json.dumps([target("http://127.0.0.1:2/"), target("x", Id="b")])
    )
    shown = good(cloud, "GetRule", **names)
    assert (shown["FilterPattern"], shown["Description"], shown["Status"]) == (
        '{"source": ["acs.oss"]}',
        "second",
        "ENABLE",
    )
    assert [one["Endpoint"] for one in shown["Targets"]] == ["http://127.0.0.1:2/", "x"]
    gone = good(cloud, "DeleteTargets", **names, TargetIds='["b", "c"]')
    assert [one["EntryId"] for one in gone["ErrorEntries"]] == ["c"]
    assert [one["Id"] for one in good(cloud, "ListTargets", **names)["Targets"]] == ["hook"]
    assert good(cloud, "ListRules", EventBusName="default", RuleNamePrefix="al")["Total"] == 1
    good(cloud, "DeleteRule", **names)
    assert asked(cloud, "GetRule", **names)["Code"] == "EventRuleNotExisted"


def test_rules_come_in_pages(cloud: Cloud) -> None:
    for number in range(5):
        rule(cloud, RuleName=f"rule-{number}")
    first = good(cloud, "ListRules", EventBusName="default", Limit=3)
    second = good(cloud, "ListRules", EventBusName="default", Limit=3, NextToken=first["NextToken"])
    names = [one["RuleName"] for page in (first, second) for one in page["Rules"]]
    assert names == [f"rule-{number}" for number in range(5)]
    assert "NextToken" not in second


@pytest.mark.parametrize(
    ("action", "parameters", "code"),
    [
        ("CreateEventBus", {"EventBusName": "default"}, "EventBusAlreadyExist"),
        ("CreateEventBus", {"EventBusName": "no bus"}, "EventBusNameInvalid"),
        ("CreateEventBus", {"EventBusName": "eventbridge-reserved-a"}, "EventBusNameInvalid"),
        ("DeleteEventBus", {"EventBusName": "default"}, "EventBusNameInvalid"),
        ("UpdateEventBus", {"EventBusName": "default"}, "EventBusNameInvalid"),
        ("PutEvents", {"EventBusName": "default", "EventList": "[{}]"}, "EventBusNameInvalid"),
        ("GetEventBus", {"EventBusName": "shop"}, "EventBusNotExist"),
        ("CreateRule", {"EventBusName": "shop"}, "EventBusNotExist"),
        ("CreateRule", {"RuleName": "alarm"}, "EventRuleAlreadyExist"),
        ("CreateRule", {"RuleName": "-alarm"}, "EventRuleNameInvalid"),
        ("CreateRule", {"FilterPattern": '{"source": "acs.oss"}'}, "EventPatternInvalid"),
        ("CreateRule", {"FilterPattern": "source"}, "EventPatternInvalid"),
        ("CreateRule", {"EventTargets": "{"}, "ParameterInvalid"),
        ("CreateRule", {"EventTargets": '[{"Id": "a"}]'}, "ParameterInvalid"),
        (
            "CreateRule",
            {"EventTargets": json.dumps([target("x", PushRetryStrategy="NEVER")])},
            "ParameterInvalid",
        ),
        ("CreateRule", {"EventTargets": json.dumps([target("x", ParamList=[{}])])}, "ParameterInvalid"),
        (
            "CreateRule",
            {"EventTargets": json.dumps([target("x", Id=str(number)) for number in range(6)])},
            "EventTargetCountExceedLimit",
        ),
        ("UpdateRule", {"RuleName": "other"}, "EventRuleNotExisted"),
        ("EnableRule", {"RuleName": "other"}, "EventRuleNotExisted"),
        ("DeleteRule", {"RuleName": "other"}, "EventRuleNotExisted"),
        ("PutTargets", {"RuleName": "alarm", "Targets": "7"}, "ParameterInvalid"),
        ("DeleteTargets", {"RuleName": "alarm", "TargetIds": "[7]"}, "ParameterInvalid"),
    ],
)
def test_what_is_refused_changes_nothing(
    cloud: Cloud, action: str, parameters: dict[str, str], code: str
) -> None:
    rule(cloud)
    before = cloud.look("state")
    order = {"EventBusName": "default"}
    if action in ("CreateRule", "UpdateRule"):
        order |= {"RuleName": "another", "FilterPattern": json.dumps(WRITES)}
    refused = cloud.call(action, {**order, **parameters}, "EventBridge")
    assert (refused.status, refused.body["Success"], refused.code) == (200, False, code)
    assert cloud.look("state") == before


def test_fifty_rules_are_enough(cloud: Cloud) -> None:
    for number in range(50):
        rule(cloud, RuleName=f"rule-{number}")
    order = {"EventBusName": "default", "RuleName": "more", "FilterPattern": json.dumps(WRITES)}
    assert asked(cloud, "CreateRule", **order)["Code"] == "EventRuleCountExceedLimit"


@pytest.fixture
def reader(cloud: Cloud) -> Cloud:
    """A user who may look at one rule and one trail."""
    cloud.control("settings", {"enforce_ram": True})
    allowed = [
        f"acs:eventbridge:cn-hangzhou:{ACCOUNT}:eventbus/default/rule/alarm",
        f"acs:actiontrail:cn-hangzhou:{ACCOUNT}:trail/audit-trail",
    ]
    return user(cloud, "reader", allow(["eventbridge:GetRule", "actiontrail:GetTrailStatus"], allowed))


ALARM = {"EventBusName": "default", "RuleName": "alarm"}


def test_rights_are_asked_for_by_rule_and_trail(reader: Cloud) -> None:
    assert reader.call("GetRule", ALARM, "EventBridge").code == "EventRuleNotExisted"
    assert reader.call("GetTrailStatus", {"Name": "audit-trail"}, "Actiontrail").status == 404


@pytest.mark.parametrize(
    ("product", "action", "parameters"),
    [
        ("EventBridge", "GetRule", {**ALARM, "RuleName": "other"}),
        ("EventBridge", "DeleteRule", ALARM),
        ("Actiontrail", "GetTrailStatus", {"Name": "other-trail"}),
        ("Actiontrail", "LookupEvents", {}),
    ],
)
def test_what_was_not_granted_is_refused(
    reader: Cloud, product: str, action: str, parameters: dict[str, str]
) -> None:
    refused = reader.call(action, parameters, product)
    assert (refused.status, refused.code) == (403, "NoPermission")
    assert refused.body["AccessDeniedDetail"]["NoPermissionType"] == "ImplicitDeny"


def test_the_system_policies_let_one_look(cloud: Cloud, reader: Cloud) -> None:
    for policy in ("AliyunActionTrailReadOnlyAccess", "AliyunEventBridgeReadOnlyAccess"):
        attached = {"PolicyType": "System", "PolicyName": policy, "UserName": "reader"}
        cloud.good("AttachPolicyToUser", attached, "Ram")
    assert reader.call("LookupEvents", {}, "Actiontrail").status == 200
    assert reader.call("ListRules", {"EventBusName": "default"}, "EventBridge").code == "Success"
    assert reader.call("DeleteRule", ALARM, "EventBridge").status == 403
