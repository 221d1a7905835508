"""What a preview warns of when a release time is declared."""

from datetime import UTC, datetime
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


@pytest.mark.parametrize("changes", [{}, {"count": 0, "deletion_protection": True}, {"release": {}}])
def test_nothing_is_said_where_nothing_surprises(changes: dict[str, Any]) -> None:
    assert warned(**changes) == []
