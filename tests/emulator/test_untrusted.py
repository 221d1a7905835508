"""Values, names and bodies that could be too much: each has its answer, and changes nothing."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from emulator.access import wildcards
from emulator.actions.common import fits
from emulator.catalogue import SYSTEM_IMAGE
from emulator.untrusted import from_json

import emulator
from tests.emulator.cloud import VERSIONS, Cloud
from tests.emulator.inside import Inside, opened

UNKNOWN, INVALID = "400 UnsupportedParameter", "400 InvalidParameter"
MALFORMED = "400 InvalidAutoReleaseTime.Malformed"
SHOWN = ("clock", "settings", "limits", "state")
DEEP = "[" * 100_000


@pytest.fixture
def inside() -> Iterator[Inside]:
    with opened() as cloud:
        yield cloud


def form(cloud: Cloud, action: str, parameters: dict[str, str], key: str = "emulator") -> str:
    """Send a form, where a value may be as long as it likes; return status and code."""
    query = {"Action": action, "Version": VERSIONS["Ecs"], "AccessKeyId": key, "Signature": "any"}
    reply = cloud.http.post("/", params=query, data={"RegionId": "cn-hangzhou", **parameters})
    return f"{reply.status_code} {reply.json().get('Code', '')}".strip()


def token(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "name",
    [
        "Tag.01.Key", "Tag.-1.Key", "Tag..Key", "Tag.N.Key", "Tag.1.1.Key", "Tag.1\n.Key",
        "Tag.1.Key\n", "Tag.\u0663.Key", "Tag.\u00b2.Key", "Tag.999999999999.Key", f"Tag.{'9' * 5000}.Key",
        "Tag.1.Key\0", "tag.1.key",
    ],
)  # fmt: skip
def test_names_that_nobody_knows(inside: Inside, name: str) -> None:
    assert form(inside, "DescribeInstances", {name: "a"}) == UNKNOWN


@pytest.mark.parametrize(
    ("action", "name", "value", "outcome"),
    [
        ("DescribeInstances", "InstanceIds", DEEP, INVALID),
        ("DescribeInstances", "InstanceIds", '["\\ud800"]', INVALID),
        ("DescribeInstances", "InstanceIds", "[1e999]", INVALID),
        ("DescribeInstances", "InstanceIds", '["\\u0000"]', "200"),
        ("DescribeInstances", "PageSize", "\u0661\u0660", INVALID),
        ("DescribeInstances", "PageSize", "10\n", INVALID),
        ("DescribeInstances", "PageSize", "9" * 5000, INVALID),
        ("DescribeInstances", "NextToken", token(f"after:{'9' * 30}"), INVALID),
        ("DescribeInstances", "NextToken", token(f"after:{'9' * 5000}"), INVALID),
        ("DescribeInstances", "NextToken", token("after:-1"), "200"),
        ("DescribeInstances", "NextToken", token("after:\u0661"), INVALID),
        ("DescribeInstances", "NextToken", "\u00e9", INVALID),
        ("DescribeInstances", "RegionId", "cn-hangzhou\n", "404 InvalidRegionId.NotFound"),
        ("DescribeInstances", "InstanceName", "*a" * 500_000, "200"),
        ("DescribeInstances", "InstanceName", "?[a-z]\0", "200"),
        ("ModifyInstanceAutoReleaseTime", "AutoReleaseTime", "2026-06-15T1\u0662:00Z", MALFORMED),
        ("DeleteInstances", "ClientToken", "x" * 1_000_000, INVALID),
        ("DeleteInstance", "InstanceId", "i-\0", "404 InvalidInstanceId.NotFound"),
        ("DeleteInstance", "InstanceId", "i-" + "x" * 1_000_000, "404 InvalidInstanceId.NotFound"),
    ],
)  # fmt: skip
def test_values_that_are_too_much(inside: Inside, action: str, name: str, value: str, outcome: str) -> None:
    instance = inside.run()
    began = time.perf_counter()
    parameters = {"InstanceId.1": "i-0"} if action == "DeleteInstances" else {"InstanceId": instance}
    given = parameters if action != "DescribeInstances" else {}
    assert form(inside, action, {**given, name: value}) == outcome
    assert time.perf_counter() - began < 5
    assert inside.look("requests")[-1]["parameters"][name] == value


def test_a_key_is_one_line(inside: Inside) -> None:
    assert form(inside, "DescribeInstances", {}, "emulator\n") == "404 InvalidAccessKeyId.NotFound"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("settings", '{"release_seconds": 1e999}'),
        ("settings", '{"release_seconds": NaN}'),
        ("settings", '{"release_seconds": 1e300}'),
        ("settings", '{"throttling_status": 500}'),
        ("clock", '{"rate": NaN}'),
        ("clock", '{"rate": 1e999}'),
        ("clock", '{"set": "9999-12-31T23:59:59Z"}'),
        ("clock", '{"set": "0001-01-01T00:00:00Z"}'),
        ("clock", '{"advance": "P9999999999D"}'),
        ("clock", f'{{"advance": "P{"9" * 400}D"}}'),
        ("clock", DEEP),
        ("events", '{"expire": "\\ud800"}'),
        ("events", '{"\\ud800": 1}'),
        ("limits", '{"\\ud800": 1}'),
        ("limits", f'{{"DeleteInstance": {"9" * 5000}}}'),
        ("limits", f'{{"DeleteInstance": {"9" * 50}}}'),
        ("faults", '{"effect": {"status": 100}}'),
        ("faults", '{"effect": {"body": "\\ud800"}}'),
        ("faults", f'{{"effect": {{"delay_ms": {"9" * 50}}}}}'),
        ("faults", f'{{"effect": {{"retry_after_ms": {"9" * 500}}}}}'),
        ("latency", '{"ms": 1e999}'),
    ],
)
def test_control_calls_that_cannot_be(inside: Inside, name: str, body: str) -> None:
    before = [inside.look(each) for each in SHOWN]
    reply = inside.http.post(f"/_emulator/{name}", content=body)
    assert (reply.status_code, set(reply.json())) == (400, {"error"})
    assert [inside.look(each) for each in SHOWN] == before
    assert inside.call("DescribeInstances").status == 200


@pytest.mark.parametrize("since", ["\u0663", "9" * 30, "9" * 5000, "-1", "1.0"])
def test_numbers_that_are_none(inside: Inside, since: str) -> None:
    for name in ("requests", "violations"):
        assert inside.http.get(f"/_emulator/{name}", params={"since": since}).status_code == 400


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body(cloud: Cloud, status: int) -> None:
    cloud.control("faults", {"match": {"times": 1}, "effect": {"status": status, "body": {"a": 1}}})
    query = "Action=DescribeInstances&Version=2014-05-26&AccessKeyId=emulator&Signature=any"
    reply = cloud.http.post(f"/?{query}")
    assert (reply.status_code, reply.content) == (status, b"")
    assert cloud.call("DescribeInstances").status == 200


@pytest.mark.parametrize(
    "text", ["", "{", "NaN", "[1e999]", '"\\ud800"', DEEP, "9" * 5000, b"\xff", b'"\xed\xa0\x80"']
)
def test_json_that_is_none(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_json(text)


@pytest.mark.parametrize(
    ("pattern", "name", "fit"),
    [
        ("web", "web", True), ("web", "web-1", False), ("web*", "web-1", True), ("*1", "web-1", True),
        ("*", "", True), ("**", "a", True), ("w*b*1", "web-1", True), ("w*x*1", "web-1", False),
        ("a*a", "a", False), ("ab*ba", "aba", False), ("*a*", "bab", True), ("[a]", "a", False),
        ("?", "a", False),
        ("[a]", "[a]", True), ("a*b*c", "abbbc", True), ("*ab*ab", "abab", True), ("*ab*ab", "ab", False),
        ("", "", True), ("", "a", False), ("a\n*", "a\nb", True),
    ],
)  # fmt: skip
def test_patterns(pattern: str, name: str, fit: bool) -> None:
    assert fits(pattern, name) is fit


@pytest.mark.parametrize(
    "match",
    [
        lambda: fits("*a" * 100_000 + "b", "a" * 200_000),
        lambda: wildcards.fits("*a" * 2000 + "b", "a" * 10_000),
        lambda: wildcards.fits("*a?" * 2000 + "b", "a" * 10_000),
        lambda: SYSTEM_IMAGE.match("a" + "_a" * 20_000),
    ],
    ids=["names", "rights", "rights, any letter", "images"],
)
def test_no_pattern_is_slow(match: Callable[[], object]) -> None:
    began = time.perf_counter()
    assert not match()
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("folder", ["actions", "rules", "control", "access", "events"])
def test_nothing_else_reads_json_or_digits(folder: str) -> None:
    """What anybody may have written is read by `from_json`, and digits are 0 to 9."""
    paths = (Path(emulator.__file__).parent / folder).rglob("*.py")
    words = ("json.loads(", r"\d", "isdigit(")
    found = [(path.name, word) for path in paths for word in words if word in path.read_text()]
    assert found == []


@pytest.mark.parametrize(
    ("action", "parameters", "outcome"),
    [
        ("DescribeInstanceBill", {"BillingCycle": "9999-12"}, INVALID),
        ("DescribeInstanceBill", {"BillingCycle": "2026-06", "NextToken": "9" * 5000}, INVALID),
        (
            "GetPayAsYouGoPrice",
            {"ProductCode": "ecs", "ModuleList.1.Config": "DataDisk.Size:" + "9" * 400},
            "200",
        ),
    ],
)
def test_bills_of_no_time(inside: Inside, action: str, parameters: dict[str, str], outcome: str) -> None:
    more = {"ModuleList.1.ModuleCode": "DataDisk"} if "ProductCode" in parameters else {}
    assert inside.call(action, {**parameters, **more}, "BssOpenApi").outcome == outcome
