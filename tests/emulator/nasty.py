"""What arrives when a client, a proxy or an attacker errs: values, names and bodies for any call."""

from __future__ import annotations

import json
from typing import Any

from emulator.control.events import EVENTS
from emulator.registry import ACTIONS
from emulator.settings import Settings
from hypothesis import strategies as some

from tests.emulator.cloud import IMAGE, REGION
from tests.emulator.ram import allow, document, trusting

DEEP = "[" * 100_000
TEXTS = [
    "\0", "a\0b", "\ud800", "\ufffd", "\u202e", "\r\nX: y", "\u0663", "\uff11", "\u00b2", "\u00e9", "'",
    '"', "%", "\\", "-0", "+1", " 1", "1_0", "1.0", "1e3", "1e999", "NaN", "Infinity", "-1", "0", "1", "2",
    "100", "2147483648", "9" * 30, "9" * 5000, "true", "TRUE", "no", "null", "[]", "{}", "[null]", "[1]",
    "[1e999]", '["a"]', '["', '["\\ud800"]', '["\\u0000"]', '[[["a"]]]', '{"a": 1}', DEEP, "*",
    "*a" * 40 + "b", "[a-z]", "?", "(", "0.0.0.0/0", "::/0", "10.0.0.0/99", "10.0.0.1/8", "1.2.3.4.5",
    "fe80::1%eth0", "-1/-1", "65535/1", "1/99999", "0001-01-01T00:00Z", "9999-12-31T23:59Z",
    "2026-02-30T00:00Z", "2026-06-15T10:00:60Z", "2026-06-15", "P1D",
    "YWZ0ZXI6OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "YWZ0ZXI6LTE=", "YQ", "====", "i-", "i-0", "d-0", "acs:x",
    "aliyun", "http://x", "x" * 129, "ecs..", "ecs.g7.99999999999999xlarge",
]  # fmt: skip
INDEXES = ["01", "0", "-1", "\u0663", "", "N", "999999999999", "9" * 5000, "1.1", "\u00b2", "1\n"]
WORDS = [
    "true", "false", "1", "2", "10", "20", "a", "b", "Month", "Week", "all", "system", "data", "once",
    "Running",
]  # fmt: skip
# A right one, and some whose parts are not what they should be.
DOCUMENTS = [document(allow("ecs:*"))] * 4 + [
    "[]", '{"Statement": 1}', document({}), document(allow({"a": 1})),
    document(allow(["*a" * 50], Condition={"a": 1})),
    document(allow("ecs:*", Condition={"IpAddress": {"acs:SourceIp": ["::/0", "x", None, [], "1.2/99"]}})),
    document(allow("ecs:*", Condition={"DateLessThan": {"acs:CurrentTime": ["9999-99-99", 1e308, True]}})),
    document(allow("ecs:*", Condition={"NumericEquals": {"a": ["\u0663", "9" * 5000]}, "Bool": {"b": "x"}})),
]  # fmt: skip
TRUST = trusting()
FITTING = {
    "ImageId": [IMAGE], "InstanceType": ["ecs.g7.large"], "RegionId": [REGION],
    "ZoneId": ["cn-hangzhou-b"],
    "ResourceType": ["instance", "disk", "securitygroup", "eni", "VPC", "VSWITCH"], "Size": ["20", "40"],
    "DiskCategory": ["cloud_essd"], "Category": ["cloud_essd", "cloud_auto"], "Amount": ["1", "2"],
    "Period": ["1"], "PeriodUnit": ["Month"], "InstanceChargeType": ["PrePaid", "PostPaid"],
    "IpProtocol": ["tcp", "icmp", "all"], "PortRange": ["22/22", "-1/-1"], "SourceCidrIp": ["10.0.0.0/8"],
    "CidrBlock": ["10.0.16.0/20", "10.0.0.0/16"], "DestinationCidrBlock": ["192.168.0.0/24"],
    "InnerAccessPolicy": ["Accept", "Drop"], "Policy": ["accept"],
    "UserName": ["reader", "x"], "GroupName": ["readers", "x"], "RoleName": ["looker", "x"],
    "PolicyName": ["look", "other"],
    "PolicyType": ["Custom", "System"], "VersionId": ["v1", "v2"],
    "PolicyDocument": DOCUMENTS, "NewPolicyDocument": DOCUMENTS, "AssumeRolePolicyDocument": [TRUST],
    "RoleArn": ["acs:ram::1000000000000001:role/looker"], "RoleSessionName": ["session"],
    "AutoReleaseTime": ["2026-06-15T12:00:00Z"], "ProductCode": ["ecs"],
    "BillingCycle": ["2026-06"], "timePoints": ['["1"]'], "ImmediatelyRelease": ["0", "1"],
    "RenewalStatus": ["AutoRenewal", "Normal"], "SpotStrategy": ["SpotAsPriceGo"], "NicType": ["intranet"],
}  # fmt: skip
ALSO = {"NextHopId": "InstanceId", "InstanceIDs": "InstanceId", "DestGroupId": "SecurityGroupId"}
Call = tuple[str, str, dict[str, str]]
State = dict[str, dict[str, dict[str, Any]]]


class Values:
    """Values that lead a call into a world, and values that should not lead anywhere."""

    def __init__(self, state: State, complete: dict[str, dict[str, str]]) -> None:
        # Calls that need several parameters which fit each other.
        self.complete = complete
        self.ids: dict[str, list[str]] = {}
        for kind in state.values():
            for identifier, fields in kind.items():
                named = next((name for name, value in fields.items() if value == identifier), "ResourceId")
                self.ids.setdefault(named, []).append(identifier)
        self.all = [identifier for ids in self.ids.values() for identifier in ids]
        self.nasty = some.sampled_from([*TEXTS, *self.all, json.dumps(self.all)]) | some.text(max_size=20)

    def fitting(self, name: str) -> some.SearchStrategy[str]:
        """Return values that a parameter of this name may well have."""
        return some.sampled_from(self.candidates(name))

    def candidates(self, name: str) -> list[str]:
        """Return all of them."""
        last = name.replace(".N", "").rpartition(".")[2]
        wanted = ALSO.get(last, last.removesuffix("s"))
        ids = self.ids.get(wanted, self.all if wanted.endswith("Id") else [])
        listed = [json.dumps(ids[:2]), json.dumps(ids[-1:])] if ids and last.endswith("s") else []
        return FITTING.get(last) or listed or ids or WORDS


def calls(values: Values) -> some.SearchStrategy[Call]:
    """Return API calls, some of them all right, most of them almost."""

    @some.composite
    def call(draw: some.DrawFn) -> Call:
        product, name = draw(some.sampled_from(sorted(ACTIONS)))
        action = ACTIONS[product, name]
        chosen = draw(some.lists(some.sampled_from(sorted(action.allowed)), max_size=4, unique=True))
        whole = values.complete.get(name, {})
        names = sorted({*whole, *action.required, *chosen, "RegionId"})
        given = {each: whole.get(each) or draw(values.fitting(each)) for each in names}
        # Few values are wrong at a time, or none would be read but the first.
        wrong = draw(some.lists(some.sampled_from(names), max_size=2)) if draw(some.booleans()) else []
        given |= {each: draw(values.nasty) for each in wrong}
        index = draw(some.sampled_from(["1"] * 12 + INDEXES))
        return product, name, {each.replace(".N", f".{index}"): value for each, value in given.items()}

    return call()


def json_values(values: Values) -> some.SearchStrategy[Any]:
    """Return anything that JSON can say, and a little more."""
    numbers = some.sampled_from([0, -1, 1, 1e999, float("nan"), 1e308, 10**30, 0.5, 60]) | some.integers()
    leaves = some.none() | some.booleans() | numbers | values.nasty
    return some.recursive(
        leaves, lambda inner: some.lists(inner, max_size=3) | _objects(values, inner), max_leaves=6
    )


def orders(values: Values) -> some.SearchStrategy[Any]:
    """Return bodies of control calls: what they take, and anything else."""
    pairs = some.tuples(
        some.sampled_from(values.all), some.sampled_from(["financial", "eni-linked", "security"])
    )
    inner = (
        json_values(values) | some.sampled_from(values.all) | pairs | some.booleans() | some.integers(-1, 10)
    )
    return json_values(values) | _objects(values, inner) | some.just({})


def _objects(values: Values, inner: some.SearchStrategy[Any]) -> some.SearchStrategy[Any]:
    words = [
        *EVENTS,
        *Settings.model_fields,
        "advance",
        "set",
        "rate",
        "match",
        "effect",
        "ms",
        "DeleteInstance",
    ]
    effects = [
        "status",
        "code",
        "message",
        "body",
        "retry_after_ms",
        "delay_ms",
        "times",
        "after",
        "probability",
    ]
    return some.dictionaries(some.sampled_from([*words, *effects]) | values.nasty, inner, max_size=3)
