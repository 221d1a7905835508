"""Each wrong disk or tag of a group: where the error points, what it shows, what it allows."""

from typing import Any

import pytest

GROUP = "ecs-release:environment.groups.web"


def disk(**fields: Any) -> dict[str, Any]:
    """A group with one data disk."""
    return {"data_disks": [{"name": "data", "size_gib": 20, **fields}]}


CASES = [
    ("the system disk's name", disk(name="system"), "data_disks[0].name", '"system"', "any name but system"),
    ("a name with a blank", disk(name="my data"), "data_disks[0].name", '"my data"', "2 to 64 letters"),
    (
        "an unknown category",
        disk(category="floppy"),
        "data_disks[0].category",
        '"floppy"',
        "cloud_essd, cloud_auto",
    ),
    ("too small", disk(size_gib=19), "data_disks[0].size_gib", "19", "20 to 65536 GiB"),
    (
        "too large a basic disk",
        disk(category="cloud", size_gib=2001),
        "data_disks[0].size_gib",
        "2001",
        "5 to 2000 GiB",
    ),
    (
        "a local disk cannot be kept",
        disk(category="ephemeral_ssd", release_with_instance=False),
        "data_disks[0].release_with_instance",
        "false",
        "a local disk dies with its instance",
    ),
    (
        "and is not kept by default",
        disk(category="elastic_ephemeral_disk_standard", size_gib=64),
        "data_disks[0].release_with_instance",
        "false",
        "a local disk dies with its instance",
    ),
    (
        "a local system disk",
        {"system_disk": {"category": "ephemeral_ssd", "release_with_instance": False}},
        "system_disk.release_with_instance",
        "false",
        "a local disk dies with its instance",
    ),
    (
        "a small system disk",
        {"system_disk": {"size_gib": 10}},
        "system_disk.size_gib",
        "10",
        "20 to 2048 GiB",
    ),
    (
        "two disks of one name",
        {"data_disks": [{"name": "data", "size_gib": 20}] * 2},
        "data_disks[1].name",
        '"data"',
        "a name that no other disk of the group has",
    ),
    (
        "too many disks",
        {"data_disks": [{"name": f"d{i}", "size_gib": 20} for i in range(17)]},
        "data_disks",
        "...",
        "at most 16 disks",
    ),
    (
        "the API's own tags",
        {"tags": {"acs:x": "1"}},
        "tags.acs:x",
        '"acs:x"',
        "must not start with aliyun, acs:, ecs-release:",
    ),
    (
        "the API's own tags in capitals",
        {"tags": {"Aliyun": "1"}},
        "tags.Aliyun",
        '"Aliyun"',
        "must not start with aliyun",
    ),
    (
        "our own tags",
        {"tags": {"ecs-release:group-id": "x"}},
        "tags.ecs-release:group-id",
        '"ecs-release:group-id"',
        "must not start with aliyun, acs:, ecs-release:",
    ),
    (
        "a link in a key",
        {"tags": {"see http://x": "1"}},
        "tags.see http://x",
        '"see http://x"',
        "must not contain http:// or https://",
    ),
    (
        "a link in a value",
        {"tags": {"wiki": "https://x"}},
        "tags.wiki",
        '"https://x"',
        "must not contain http:// or https://",
    ),
    ("a long key", {"tags": {"k" * 129: "1"}}, f"tags.{'k' * 129}", "...", "1 to 128 characters"),
    ("a long value", {"tags": {"k": "v" * 129}}, "tags.k", "...", "values quoted text of at most 128"),
    ("a number for a tag", {"tags": {"cost-center": 42}}, "tags.cost-center", "42", "values quoted text"),
    ("too many tags", {"tags": {f"k{i}": "v" for i in range(14)}}, "tags", "...", "at most 13 tags"),
    (
        "a file that is not there",
        {"user_data_file": "none.sh"},
        "user_data_file",
        '"none.sh"',
        "a file that exists, of at most 32 KiB",
    ),
]


@pytest.mark.parametrize(
    ("group", "field", "shown", "allowed"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_error_of_a_group(
    only_problem: Any, group: dict[str, Any], field: str, shown: str, allowed: str
) -> None:
    problem = only_problem(group)
    assert problem.key == f"{GROUP}.{field}"
    assert problem.value == shown or problem.value.endswith(shown)
    assert allowed in problem.allowed
