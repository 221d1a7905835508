"""Which events a pattern takes, and what a target is sent of them: as the pages' tables of operators say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from emulator.events.pattern import pattern
from emulator.events.retries import STRATEGIES
from emulator.events.transform import body_of, reachable, url_of

from tests.emulator.cloud import Cloud

EVENT = {
    "source": "acs.actiontrail",
    "type": "actiontrail:ActionTrail:ApiCall",
    "subject": "",
    "data": {
        "eventName": "DeleteInstance",
        "isGlobal": False,
        "count": 3,
        "nothing": None,
        "ip": "10.0.0.7",
        "referencedResources": {"ACS::ECS::Instance": ["i-1", "i-2"]},
    },
}
CASES: list[tuple[dict[str, Any], bool]] = [
    ({"source": ["acs.actiontrail"]}, True),
    ({"source": ["acs.oss", "acs.actiontrail"]}, True),
    ({"source": ["acs.oss"]}, False),
    ({"source": ["ACS.actiontrail"]}, False),
    ({"source": ["acs.actiontrail"], "type": ["other"]}, False),
    ({"type": [{"suffix": ":ActionTrail:ApiCall"}]}, True),
    ({"type": [{"suffix": ":ActionTrail:ConsoleOperation"}]}, False),
    ({"source": [{"prefix": "acs."}]}, True),
    ({"source": [{"prefix": "my."}]}, False),
    ({"type": [{"contains": "Trail"}]}, True),
    ({"type": [{"contains": "trail:api"}]}, False),
    ({"type": [{"prefix": "actiontrail:", "suffix": ":ApiCall"}]}, True),
    ({"type": [{"prefix": "actiontrail:", "suffix": ":Other"}]}, False),
    ({"data": {"eventName": ["DeleteInstance", "DeleteInstances"]}}, True),
    ({"data": {"eventName": ["StopInstance"]}}, False),
    ({"data": {"eventName": [{"anything-but": "StopInstance"}]}}, True),
    ({"data": {"eventName": [{"anything-but": ["StopInstance", "DeleteInstance"]}]}}, False),
    ({"data": {"eventName": [{"anything-but": {"prefix": "Delete"}}]}}, False),
    ({"data": {"eventName": [{"anything-but": {"prefix": "Stop"}}]}}, True),
    ({"data": {"errorCode": [{"anything-but": "x"}]}}, False),
    ({"data": {"count": [3]}}, True),
    ({"data": {"count": [3.0]}}, True),
    ({"data": {"count": ["3"]}}, False),
    ({"data": {"count": [{"anything-but": 4}]}}, True),
    ({"data": {"count": [{"numeric": [">", 0, "<=", 3]}]}}, True),
    ({"data": {"count": [{"numeric": [">", 0, "<", 3]}]}}, False),
    ({"data": {"count": [{"numeric": ["=", 3]}]}}, True),
    ({"data": {"eventName": [{"numeric": ["=", 3]}]}}, False),
    ({"data": {"isGlobal": [False]}}, True),
    ({"data": {"isGlobal": [0]}}, False),
    ({"data": {"nothing": [None]}}, True),
    ({"data": {"missing": [None]}}, False),
    ({"subject": [""]}, True),
    ({"data": {"ip": [{"cidr": "10.0.0.0/24"}]}}, True),
    ({"data": {"ip": [{"cidr": "10.0.1.0/24"}]}}, False),
    ({"data": {"eventName": [{"cidr": "10.0.0.0/24"}]}}, False),
    ({"data": {"errorCode": [{"exists": False}]}}, True),
    ({"data": {"errorCode": [{"exists": True}]}}, False),
    ({"data": {"eventName": [{"exists": True}]}}, True),
    ({"data": {"referencedResources": {"ACS::ECS::Instance": ["i-2"]}}}, True),
    ({"data": {"referencedResources": {"ACS::ECS::Instance": ["i-3", {"prefix": "i-1"}]}}}, True),
    ({"data": {"referencedResources": {"ACS::ECS::Instance": ["i-3"]}}}, False),
    ({"data": {"referencedResources": {"ACS::ECS::Disk": [{"exists": False}]}}}, True),
    ({"data": {"eventName": {"deeper": ["DeleteInstance"]}}}, False),
]
NO_PATTERNS: list[Any] = [
    {},
    [],
    "source",
    {"source": "acs.actiontrail"},
    {"source": []},
    {"source": [["acs.actiontrail"]]},
    {"source": [{}]},
    {"source": [{"begins": "acs"}]},
    {"source": [{"prefix": 3}]},
    {"source": [{"anything-but": []}]},
    {"source": [{"anything-but": {"suffix": "x"}}]},
    {"source": [{"anything-but": [["x"]]}]},
    {"count": [{"numeric": []}]},
    {"count": [{"numeric": [">"]}]},
    {"count": [{"numeric": ["~", 3]}]},
    {"count": [{"numeric": [">", True]}]},
    {"ip": [{"cidr": "ten"}]},
    {"ip": [{"cidr": 10}]},
    {"error": [{"exists": "no"}]},
    {
        "a": [
            {
                "prefix": "a",
                "suffix": "a",
                "contains": "a",
                "exists": True,
                "cidr": "10.0.0.0/8",
                "numeric": [],
            }
        ]
    },
    json.loads('{"a":' * 40 + '["x"]' + "}" * 40),
]


@pytest.mark.parametrize(("wanted", "is_taken"), CASES, ids=[json.dumps(case[0]) for case in CASES])
def test_a_pattern(wanted: dict[str, Any], is_taken: bool) -> None:
    assert pattern(wanted).matches(EVENT) is is_taken


@pytest.mark.parametrize("wanted", NO_PATTERNS, ids=lambda wanted: json.dumps(wanted)[:60])
def test_what_is_no_pattern(wanted: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        pattern(wanted)


def test_the_cloud_tells_whether_a_pattern_takes_an_event(cloud: Cloud) -> None:
    for wanted, is_taken in ({"source": ["acs.actiontrail"]}, True), ({"source": ["acs.oss"]}, False):
        asked = {"Event": json.dumps(EVENT), "EventPattern": json.dumps(wanted)}
        assert cloud.good("TestEventPattern", asked, "EventBridge")["Data"] == {"Result": is_taken}
    refused = cloud.good("TestEventPattern", {"Event": "{}", "EventPattern": "{"}, "EventBridge")
    assert (refused["Success"], refused["Code"]) == (False, "EventPatternInvalid")


def target(**body: str) -> dict[str, Any]:
    return {
        "Id": "hook",
        "Type": "http",
        "Endpoint": "http://127.0.0.1:9/",
        "ParamList": [{"ResourceKey": "Body", **body}] if body else [],
    }


def test_the_four_forms_of_a_body() -> None:
    assert json.loads(body_of(target(), EVENT)) == EVENT
    assert json.loads(body_of(target(Form="ORIGINAL"), EVENT)) == EVENT
    assert body_of(target(Form="CONSTANT", Value="ring"), EVENT) == "ring"
    assert body_of(target(Form="JSONPATH", Value="$.data.eventName"), EVENT) == "DeleteInstance"
    value = {
        "what": "$.data.eventName",
        "id": "$.data.referencedResources.ACS::ECS::Instance[1]",
        "who": "us",
    }
    text = "${what} of ${id} seen by ${who}${nobody}"
    filled = body_of(target(Form="TEMPLATE", Value=json.dumps(value), Template=text), EVENT)
    assert filled == "DeleteInstance of i-2 seen by us"


@pytest.mark.parametrize("path", ["$.data.missing", "$.data.eventName.deeper", "$.data[0]", "$..", "$.data["])
def test_a_path_that_leads_nowhere_is_empty(path: str) -> None:
    assert body_of(target(Form="JSONPATH", Value=path), EVENT) == ""


@pytest.mark.parametrize(
    ("url", "kind", "is_near"),
    [
        ("http://127.0.0.1:9000/hook", "http", True),
        ("http://localhost:9000/", "http", True),
        ("https://[::1]:9000/", "https", True),
        ("http://198.18.0.1/", "http", False),
        ("http://127.0.0.1.example.com/", "http", False),
        ("http://user@198.18.0.1/", "http", False),
        ("ftp://127.0.0.1/", "http", False),
        ("http://127.0.0.1:9000/", "acs.dingtalk", False),
        ("http://127.0.0.1:port/", "http", False),
        ("acs:mns:cn-hangzhou:1:queues/q", "acs.mns.queue", False),
    ],
)
def test_only_this_machine_is_near(url: str, kind: str, is_near: bool) -> None:
    assert reachable({"Id": "t", "Type": kind, "Endpoint": url, "ParamList": []}) is is_near


def test_the_parameter_of_a_target_wins_over_its_endpoint() -> None:
    told = {"ResourceKey": "URL", "Form": "CONSTANT", "Value": "http://127.0.0.1:2/"}
    assert url_of({**target(), "ParamList": [told]}) == "http://127.0.0.1:2/"


def test_the_pauses_between_attempts() -> None:
    few = [STRATEGIES["BACKOFF_RETRY"](failed) for failed in (1, 2, 3, 4)]
    assert all(pause is not None and 10 <= pause <= 20 for pause in few[:3])
    assert few[3] is None
    many = [STRATEGIES["EXPONENTIAL_DECAY_RETRY"](failed) for failed in range(1, 178)]
    assert many[:11] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 512]
    assert many[175:] == [512, None]
    assert many.count(512) == 167
