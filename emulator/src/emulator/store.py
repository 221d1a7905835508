"""Resources in the database, found by id, owner, parent or tag through indexes.

Imports resources, database and usage.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from emulator.database import Database
from emulator.resources import KINDS, Resource
from emulator.usage import Usage
from emulator.verbatim import Verbatim

R = TypeVar("R", bound=Resource)
_BODIES = "SELECT kind, id, body FROM resources"
_INSERT = "INSERT INTO resources (id, kind, account, region, parent, body) VALUES (?, ?, ?, ?, ?, ?)"


# Room for the instances and disks of a large test, some 60 MB.
MOST_KEPT = 8000


@dataclass(slots=True)
class Listed(Generic[R]):
    """A record with its view as JSON; shared between calls, so it must not be changed."""

    record: R
    _shown: Verbatim | None = None

    def shown(self) -> Verbatim:
        """Return the view, encoded once."""
        if self._shown is None:
            self._shown = Verbatim(json.dumps(self.record.view()))
        return self._shown


class Store:
    """Reads and writes resources; a resource that was changed must be put back."""

    def __init__(self, database: Database, now: Callable[[], float]) -> None:
        self.database = database
        self.usage = Usage(database, now)
        self._kept: dict[tuple[str, str], Listed[Any]] = {}

    def add(self, resource: Resource) -> None:
        """Insert a new resource with its tags."""
        self.database.changes += 1
        owner = (resource.kind, resource.account_id, resource.region_id, resource.parent)
        self.database.run(_INSERT, resource.id, *owner, resource.model_dump_json())
        self._index_tags(resource)
        self.usage.follow(resource)

    def put(self, resource: Resource) -> None:
        """Write a changed resource back; its tags only change through `retag`."""
        # The parent is a column of its own because it changes: a detached disk leaves its instance.
        self.database.changes += 1
        body = resource.model_dump_json()
        self.database.run(
            "UPDATE resources SET body = ?, parent = ? WHERE id = ?", body, resource.parent, resource.id
        )
        self.usage.follow(resource)

    def retag(self, resource: Resource) -> None:
        """Write a resource back whose tags have changed."""
        self.put(resource)
        self.database.run("DELETE FROM tags WHERE id = ?", resource.id)
        self._index_tags(resource)

    def remove(self, resource: Resource) -> None:
        """Delete a resource with its tags and timers."""
        self.database.changes += 1
        for table in ("resources", "tags", "timers"):
            self.database.run(f"DELETE FROM {table} WHERE id = ?", resource.id)
        self.usage.end(resource)

    def get(self, kind: type[R], identifier: str) -> R | None:
        """Return one resource of any owner."""
        row = self.database.one("SELECT body FROM resources WHERE id = ? AND kind = ?", identifier, kind.kind)
        return None if row is None else kind.model_validate_json(row[0])

    def under(self, kind: type[R], parent: str) -> list[R]:
        """Return what is listed under a parent, oldest first."""
        statement = "SELECT body FROM resources WHERE parent = ? AND kind = ? ORDER BY seq"
        return [kind.model_validate_json(body) for (body,) in self.database.run(statement, parent, kind.kind)]

    def owned(
        self,
        kind: type[R],
        account: str,
        region: str = "",
        ids: list[str] | None = None,
        tags: Mapping[str, str] | None = None,
        after: int = 0,
    ) -> Iterator[tuple[int, R]]:
        """Yield an account's resources with their sequence numbers, oldest first."""
        for seq, body in self._rows(kind.kind, account, region, ids, tags, after):
            yield seq, kind.model_validate_json(body)

    def listed(
        self,
        kind: type[R],
        account: str,
        region: str = "",
        ids: list[str] | None = None,
        tags: Mapping[str, str] | None = None,
        after: int = 0,
    ) -> Iterator[tuple[int, Listed[R]]]:
        """Yield the same as `owned`, to be looked at only, and much faster."""
        for seq, body in self._rows(kind.kind, account, region, ids, tags, after):
            yield seq, self._listed(kind, body)

    def _listed(self, kind: type[R], body: str) -> Listed[R]:
        # Found by the whole of its fields, so no change can be missed, whoever made it or took it back.
        kept = self._kept.get((kind.kind, body))
        if kept is None:
            if len(self._kept) >= MOST_KEPT:
                # The oldest first: what a change has replaced leaves this way too.
                del self._kept[next(iter(self._kept))]
            kept = self._kept[kind.kind, body] = Listed(kind.model_validate_json(body))
        return kept

    def _rows(
        self,
        kind: str,
        account: str,
        region: str,
        ids: list[str] | None,
        tags: Mapping[str, str] | None,
        after: int,
    ) -> list[tuple[int, str]]:
        # A plus sign keeps an index out of it: named ids are looked up one by one, not among all there are.
        by_owner = "kind = ? AND account = ?" if ids is None else "+kind = ? AND +account = ?"
        statement = f"SELECT seq, body FROM resources WHERE {by_owner} AND seq > ?"
        values: list[object] = [kind, account, after]
        for clause, value in _clauses(region, ids, tags or {}):
            statement += clause
            values.extend(value)
        return self.database.run(f"{statement} ORDER BY seq", *values).fetchall()

    def region_of(self, identifier: str) -> str:
        """Return the region of whatever has an id, or an empty string."""
        row = self.database.one("SELECT region FROM resources WHERE id = ?", identifier)
        return str(row[0]) if row else ""

    def releasing(self) -> set[str]:
        """Return the ids of all instances whose release was accepted."""
        statement = "SELECT id FROM resources WHERE kind = 'instances' AND json_extract(body, '$.releasing')"
        return {identifier for (identifier,) in self.database.run(statement)}

    def everything(self, identifier: str = "") -> Iterator[Resource]:
        """Yield all resources of all accounts, or the one that is named."""
        for kind, _, body in self.bodies(identifier):
            yield KINDS[kind].model_validate_json(body)

    def bodies(self, identifier: str = "") -> list[tuple[str, str, str]]:
        """Return kind, id and fields of all resources of all accounts, or of the one that is named."""
        if identifier:
            return self.database.run(f"{_BODIES} WHERE id = ?", identifier).fetchall()
        return self.database.run(f"{_BODIES} ORDER BY seq").fetchall()

    def _index_tags(self, resource: Resource) -> None:
        for key, value in resource.tags.items():
            self.database.run("INSERT INTO tags VALUES (?, ?, ?)", resource.id, key, value)


def _clauses(region: str, ids: list[str] | None, tags: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    if region:
        yield " AND +region = ?" if ids is not None else " AND region = ?", [region]
    if ids is not None:
        # One JSON value instead of one placeholder per id keeps the statement cacheable.
        yield " AND id IN (SELECT value FROM json_each(?))", [json.dumps(ids)]
    for key, value in tags.items():
        # A tag filter without a value asks for the key alone.
        wanted, found = ("", [key]) if value == "" else (" AND value = ?", [key, value])
        yield f" AND id IN (SELECT id FROM tags WHERE key = ?{wanted})", found
