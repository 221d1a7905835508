"""The state's edge: what is read back is what was stored, and what cannot be read is named."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ecs_release.domain.facts import Cloud, DiskKind
from ecs_release.domain.terms import OnReplaced
from ecs_release.runner.records import UnreadableRecord, minute, parse_minute, parse_record

DISK = {
    "name": "system",
    "kind": "system",
    "category": "cloud_essd",
    "size_gib": 40.0,
    "release_with_instance": True,
    "release_auto_snapshots": False,
}
STORED: dict[str, Any] = {
    "schema": 1.0,
    "project": "shop",
    "stack": "test",
    "group": "web",
    "group_id": "0123456789abcdef0123",
    "account": "1",
    "cloud": {"region": "cn-hangzhou", "protocol": "HTTP", "ecs": "127.0.0.1:8443"},
    "members": {"web-0": "i-0"},
    "disks": [DISK],
    "terms": {"on_replaced": "release", "max_instances": 5.0},
    "released_by": "2030-06-01T12:00Z",
    "__provider": "bytes",
}


def test_a_stored_record_is_read_back_with_floats_and_missing_keys() -> None:
    record = parse_record(STORED)
    assert record.cloud == Cloud("cn-hangzhou", "HTTP", "127.0.0.1:8443")
    assert (record.terms.on_replaced, record.terms.max_instances) == (OnReplaced.RELEASE, 5)
    assert (record.disks[0].kind, record.disks[0].size_gib) == (DiskKind.SYSTEM, 40)
    assert record.released_by == datetime(2030, 6, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reason", "changes", "named"),
    [
        ("a later schema", {"schema": 2}, "schema 2"),
        ("no group id", {"group_id": ""}, "group_id"),
        ("no account", {"account": ""}, "account"),
        ("an unknown term", {"terms": {"on_replaced": "burn"}}, "on_replaced"),
        ("members that are no map", {"members": ["i-0"]}, "members"),
        ("a time that is none", {"released_by": "soon"}, "released_by"),
        ("a disk that lost its flag", {"disks": [{**DISK, "release_with_instance": None}]}, "disks.0"),
        ("a member without an id", {"members": {"web-0": ""}}, "members.web-0"),
        ("a group that leads elsewhere", {"group": "../web"}, "group"),
        ("a group that no file can be called", {"group": "we\0b"}, "group"),
        ("a protocol that is none", {"cloud": {"region": "r", "protocol": "FTP"}}, "cloud.protocol"),
    ],
)
def test_what_cannot_be_read_is_named(reason: str, changes: dict[str, Any], named: str) -> None:
    with pytest.raises(UnreadableRecord, match=named):
        parse_record({**STORED, **changes})


def test_minutes_go_there_and_back() -> None:
    when = datetime(2030, 12, 31, 18, 30, tzinfo=UTC)
    assert parse_minute(minute(when)) == when
    assert (minute(None), parse_minute("none")) == ("none", None)


def test_an_error_about_a_record_is_one_printable_line() -> None:
    with pytest.raises(UnreadableRecord) as caught:
        parse_record({**STORED, "group": "\x1b[2J\nweb"})
    assert str(caught.value).isprintable()
