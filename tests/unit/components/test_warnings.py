"""What a preview warns of when a release time is declared."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from components.warnings import schedule_warnings
from stacks.schema import Group

AT = datetime(2030, 12, 31, 10, tzinfo=UTC)
SCHEDULED: dict[str, Any] = {"release": {"schedule": {"at": AT}}, "deletion_protection": False}
KEPT: dict[str, Any] = {"system_disk": {"release_with_instance": False}}


def warned(**changes: Any) -> list[str]:
    plain = {"count": 2, "instance_type": "ecs.g7.large", "image": "image-1"}
    return list(schedule_warnings("web", Group.model_validate({**plain, **SCHEDULED, **KEPT, **changes})))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"deletion_protection": True}, "deletion protection does not stop it"),
        ({"system_disk": {}}, "their disks system are lost with them"),
        (
            {"data_disks": [{"name": "data", "size_gib": 40, "release_with_instance": True}]},
            "their disks data are lost with them",
        ),
        ({"public_ip": {"bandwidth_mbps": 5}}, "their fixed public addresses are lost for good"),
        ({"release": {"schedule": {"at": AT}, "approval": "plan"}}, "it asks for no approval"),
    ],
)
def test_each_surprise_has_its_line(changes: dict[str, Any], said: str) -> None:
    (line,) = warned(**changes)
    assert line.startswith("web: at 2030-12-31T10:00Z the cloud releases 2 instances by itself; ")
    assert said in line


@pytest.mark.parametrize(
    ("schedule", "when"),
    [
        ({"at": "2030-12-31T18:00", "zone": "Asia/Shanghai"}, "at 2030-12-31T18:00+08:00 Asia/Shanghai"),
        ({"after": "8h"}, "8h after its creation"),
        (
            {"daily": "20:00", "zone": "Europe/Berlin"},
            "daily 20:00 mon,tue,wed,thu,fri,sat,sun Europe/Berlin",
        ),
    ],
)
def test_each_form_of_a_schedule_is_warned_of_in_its_owners_zone(schedule: Any, when: str) -> None:
    (line,) = warned(deletion_protection=True, release={"schedule": schedule})
    assert line.startswith(f"web: {when} the cloud releases 2 instances by itself; ")


def test_a_longest_life_without_a_schedule_releases_nothing_and_says_so() -> None:
    group = Group.model_validate({"count": 2, "instance_type": "ecs.g7.large", "image": "image-1"})
    (line,) = schedule_warnings("web", group, timedelta(days=30))
    assert (
        line
        == "web: nothing is scheduled; max_lifetime 30d bounds release times and releases nothing by itself"
    )


@pytest.mark.parametrize("changes", [{}, {"count": 0, "deletion_protection": True}, {"release": {}}])
def test_nothing_is_said_where_nothing_surprises(changes: dict[str, Any]) -> None:
    assert warned(**changes) == []
