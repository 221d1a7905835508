"""Each wrong field of a schedule: where the error points, what it shows, what it allows."""

from typing import Any

import pytest

GROUP = "ecs-release:environment.groups.web"
AT = "2030-12-31T10:00Z"
QUOTE = "quote the time: without quotes YAML rewrites it; "
TIME = "a quoted time in whole minutes with its offset"
MONTHLY = {"type": "subscription", "period": 1}


def scheduled(**schedule: Any) -> dict[str, Any]:
    """A group with this schedule."""
    return {"release": {"schedule": schedule}}


def at(value: Any) -> dict[str, Any]:
    """A group with this release time."""
    return {"release": {"schedule": {"at": value}}}


CASES = [
    (
        "an unknown key in a schedule",
        {"release": {"schedule": {"at": AT, "every": "8h"}}},
        "release.schedule.every",
        '"8h"',
        "known here: zone, at",
    ),
    (
        "nobody takes a backup before a schedule falls due",
        {"release": {"schedule": {"at": AT}, "backup": "snapshots"}},
        "release.backup",
        '"snapshots"',
        "an automatic snapshot policy",
    ),
    (
        "nobody keeps an address when a schedule falls due",
        {"public_ip": {"bandwidth_mbps": 5, "on_release": "keep"}, "release": {"schedule": {"at": AT}}},
        "release.schedule.at",
        '"',
        "the address is lost",
    ),
    (
        "two schedules in one",
        {"release": {"schedule": {"at": AT, "at_expiry": True}}},
        "release.schedule",
        "}",
        "one of {at}, {after}, {daily, zone, days}, or {at_expiry: true}",
    ),
    (
        "nothing but a subscription expires",
        {"release": {"schedule": {"at_expiry": True}}},
        "release.schedule.at_expiry",
        "true",
        "for subscriptions only",
    ),
    (
        "what is renewed never expires",
        {
            "charge": {"type": "subscription", "period": 1, "auto_renew": True},
            "release": {"schedule": {"at_expiry": True}},
        },
        "release.schedule.at_expiry",
        "true",
        "auto_renew: false",
    ),
    (
        "a subscription takes no release time",
        {"charge": MONTHLY, **at(AT)},
        "release.schedule.at",
        f'"{AT}"',
        "it can end only by its expiry or a refund",
    ),
    (
        "an unquoted time",
        at("2026-12-31 18:00:00 +0800 +0800"),
        "release.schedule.at",
        '"2026-12-31 18:00:00 +0800 +0800"',
        f'{QUOTE}"2026-12-31T18:00:00+08:00"',
    ),
    (
        "an unquoted time in UTC",
        at("2026-12-31 10:00:00 +0000 UTC"),
        "release.schedule.at",
        '"2026-12-31 10:00:00 +0000 UTC"',
        f'{QUOTE}"2026-12-31T10:00:00+00:00"',
    ),
    ("no offset", at("2030-12-31T10:00"), "release.schedule.at", '"2030-12-31T10:00"', TIME),
    ("no such month", at("2030-13-31T10:00Z"), "release.schedule.at", '"2030-13-31T10:00Z"', TIME),
    ("another ISO form", at("20301231T1000Z"), "release.schedule.at", '"20301231T1000Z"', TIME),
    (
        "before all times",
        at("0001-01-01T00:00+14:00"),
        "release.schedule.at",
        '"0001-01-01T00:00+14:00"',
        TIME,
    ),
    (
        "a local time that no calendar has",
        scheduled(at="2030-02-30T10:00", zone="Europe/Berlin"),
        "release.schedule.at",
        '"2030-02-30T10:00"',
        TIME,
    ),
    (
        "a zone that nobody knows",
        scheduled(daily="20:00", zone="Europe/Atlantis"),
        "release.schedule.zone",
        '"Europe/Atlantis"',
        "an IANA zone",
    ),
    (
        "an offset for a zone",
        scheduled(daily="20:00", zone="+08:00"),
        "release.schedule.zone",
        '"+08:00"',
        "an IANA zone",
    ),
    ("no zone", scheduled(daily="20:00"), "release.schedule.zone", "missing", "an IANA zone"),
    (
        "an unquoted time of day",
        scheduled(daily=1200, zone="Asia/Shanghai"),
        "release.schedule.daily",
        "1200",
        'quote the time of day: without quotes YAML makes a number of it; "20:00"',
    ),
    (
        "a time of day that is none",
        scheduled(daily="24:00", zone="Asia/Shanghai"),
        "release.schedule.daily",
        '"24:00"',
        '"00:00" to "23:59"',
    ),
    (
        "a day twice",
        scheduled(daily="20:00", zone="Asia/Shanghai", days=["mon", "mon"]),
        "release.schedule.days",
        '["mon", "mon"]',
        "without a day twice",
    ),
    (
        "no day",
        scheduled(daily="20:00", zone="Asia/Shanghai", days=[]),
        "release.schedule.days",
        "[]",
        "a list of mon",
    ),
    ("a duration in words", scheduled(after="a day"), "release.schedule.after", '"a day"', "like 8h, 90m"),
    ("too short a life", scheduled(after="39m"), "release.schedule.after", '"39m"', "40m to 1095d"),
    ("too long a life", scheduled(after="1096d"), "release.schedule.after", '"1096d"', "40m to 1095d"),
    (
        "a daily end of a subscription",
        {"charge": MONTHLY, **scheduled(daily="20:00", zone="Asia/Shanghai")},
        "release.schedule.daily",
        '"20:00"',
        "it can end only by its expiry or a refund",
    ),
    (
        "nobody takes a backup before each evening",
        {"release": {"schedule": {"daily": "20:00", "zone": "Asia/Shanghai"}, "backup": "image"}},
        "release.backup",
        '"image"',
        "an automatic snapshot policy",
    ),
    ("a number", at(20301231), "release.schedule.at", "20301231", TIME),
    (
        "seconds",
        at("2030-12-31T10:00:01Z"),
        "release.schedule.at",
        '"2030-12-31T10:00:01Z"',
        "seconds must be 00",
    ),
]


@pytest.mark.parametrize(
    ("group", "field", "shown", "allowed"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_error_of_a_schedule(
    only_problem: Any, group: dict[str, Any], field: str, shown: str, allowed: str
) -> None:
    problem = only_problem(group)
    assert problem.key == f"{GROUP}.{field}"
    assert problem.value == shown or problem.value.endswith(shown)
    assert allowed in problem.allowed
