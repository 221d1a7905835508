"""Each wrong field of an audit: where the error points, what it shows, what it allows."""

from typing import Any

import pytest

from stacks.load import Context, load
from stacks.problems import InvalidConfig
from stacks.schema import Audit, Environment, Trail

AUDIT = "ecs-release:environment.audit"
ALARM, TRAIL = f"{AUDIT}.alarm", f"{AUDIT}.trail"
SAFE = "an https:// address without a user in it"
ONE = "exactly one of them"
PROJECT = "acs:log:cn-hangzhou:1234567890123456:project/calls"
CASES = [
    ("an audit of nothing", {}, AUDIT, "{}", "at least one of them"),
    ("no audit at all in brackets", True, AUDIT, "true", "a mapping of alarm, trail"),
    ("a trail to nowhere", {"trail": {}}, TRAIL, "{}", ONE),
    ("a trail to two places", {"trail": {"oss_bucket": "calls", "sls_project": PROJECT}}, TRAIL, "{", ONE),
    ("a project without its ARN", {"trail": {"sls_project": "calls"}}, f"{TRAIL}.sls_project", "", "an ARN"),
    ("a bucket in capitals", {"trail": {"oss_bucket": "Calls"}}, f"{TRAIL}.oss_bucket", "", "3 to 63 lower"),
    ("a typing error", {"alram": "https://ops.example"}, f"{AUDIT}.alram", "", "known here: alarm, trail"),
    *(
        (f"no alarm to {address}", {"alarm": address}, ALARM, f'"{address}"', SAFE)
        for address in (
            "http://ops.example/alarms",
            "http://10.0.0.1:9000/",
            "http://localhost.ops.example/",
            "http://127.0.0.1.ops.example/",
            "https://user:word@ops.example/alarms",
            "https://user@ops.example/alarms",
            "https:///alarms",
            "https://ops.example:port/",
            "https://ops.example/a b",
            "https://[::1/",
            "ftp://ops.example/",
            "ops.example",
            "",
        )
    ),
]


@pytest.mark.parametrize(
    ("audit", "key", "shown", "allowed"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_error_of_an_audit(config: Any, audit: Any, key: str, shown: str, allowed: str) -> None:
    given = config()
    given["ecs-release:environment"]["audit"] = audit
    with pytest.raises(InvalidConfig) as caught:
        load(given, Context("dev"))
    (problem,) = [problem for problem in caught.value.problems if problem.key == key]
    assert problem.value.startswith(shown)
    assert allowed in problem.allowed


@pytest.mark.parametrize(
    "address",
    [
        "https://ops.example/alarms?of=ecs",
        "https://ops.example:8443",
        "http://127.0.0.1:9000/alarms",
        "http://[::1]:9000/",
        "http://localhost:9000/",
    ],
)
def test_addresses_that_are_nobody_elses_business(address: str) -> None:
    assert Audit(alarm=address).alarm == address


def test_alarm_and_trail_stand_alone_or_together(config: Any) -> None:
    given = config()
    environment = given["ecs-release:environment"]
    assert load(given, Context("dev")).environment.audit is None
    environment["audit"] = {"trail": {"oss_bucket": "calls"}}
    assert load(given, Context("dev")).environment.audit == Audit(trail=Trail(oss_bucket="calls"))
    both = {"alarm": "https://ops.example", "trail": {"sls_project": PROJECT}}
    environment["audit"] = both
    assert Environment.model_validate(environment).audit == Audit.model_validate(both)
