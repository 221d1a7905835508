"""What one client knows of its account: what must be there, by what its calls were answered."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

Rows = dict[str, dict[str, Any]]


@dataclass
class Book:
    """Instances and loose disks by their names, which are unique, and the ids that replies told."""

    rows: Rows = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    releasing: set[str] = field(default_factory=set)

    def copy(self) -> Book:
        """Return a book of its own with the same entries."""
        return deepcopy(self)

    def instance(self, name: str, tags: dict[str, str], release: str = "", protected: bool = False) -> None:
        """Enter an instance with its two disks and its interface."""
        self.rows[name] = {
            "kind": "instance",
            "status": "Pending",
            "protected": protected,
            "release": release,
            "tags": tags,
            "disks": [("data", 20), ("system", 40)],
            "interfaces": 1,
        }

    def disk(self, name: str, tags: dict[str, str]) -> None:
        """Enter a disk of its own."""
        self.rows[name] = {"kind": "disk", "tags": tags}

    def named(self, status: str = "", kind: str = "instance") -> list[str]:
        """Return the names of what can be called upon, in a state if one is given."""
        return [
            name
            for name, row in self.rows.items()
            if row["kind"] == kind
            and name in self.ids
            and name not in self.releasing
            and status in ("", row.get("status"))
        ]

    def forget(self, name: str) -> None:
        """Take out what is gone."""
        del self.rows[name]
        self.ids.pop(name, None)
        self.releasing.discard(name)

    def settle(self, until: str) -> None:
        """Let everything happen that has been begun, and every release that is scheduled before a time."""
        for name, row in list(self.rows.items()):
            if name in self.releasing or "" < row.get("release", "") <= until:
                self.forget(name)
            elif row.get("status") in ("Pending", "Starting"):
                row["status"] = "Running"
            elif row.get("status") == "Stopping":
                row["status"] = "Stopped"


def shown(state: dict[str, Rows], account: str) -> tuple[Rows, dict[str, str]]:
    """Return what an emulator shows of an account in the form of a book, and the ids by name."""
    mine = {
        kind: {one: row for one, row in rows.items() if row["AccountId"] == account}
        for kind, rows in state.items()
    }
    rows: Rows = {}
    ids: dict[str, str] = {}
    for identifier, row in mine["instances"].items():
        ids[row["InstanceName"]] = identifier
        rows[row["InstanceName"]] = {
            "kind": "instance",
            "status": row["Status"],
            "protected": row["DeletionProtection"],
            "release": row["AutoReleaseTime"],
            "tags": _tags(row),
            "disks": sorted((d["Type"], d["Size"]) for d in _of(mine["disks"], identifier)),
            "interfaces": len(_of(mine["enis"], identifier)),
        }
    for identifier, row in mine["disks"].items():
        if not row["InstanceId"]:
            ids[row["DiskName"]] = identifier
            rows[row["DiskName"]] = {"kind": "disk", "tags": _tags(row)}
    return rows, ids


def _tags(row: dict[str, Any]) -> dict[str, str]:
    return {tag["TagKey"]: tag["TagValue"] for tag in row["Tags"]["Tag"]}


def _of(rows: Rows, instance: str) -> list[dict[str, Any]]:
    return [row for row in rows.values() if row["InstanceId"] == instance]
