"""The file that a killed process has left, looked at without the emulator."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

HALVES = {
    "a tag in the index that the record lacks": """
        SELECT t.id FROM tags t LEFT JOIN resources r ON r.id = t.id
        LEFT JOIN json_each(r.body, '$.tags') e ON e.key = t.key AND e.value = t.value WHERE e.key IS NULL""",
    "a tag of a record that the index lacks": """
        SELECT r.id FROM resources r, json_each(r.body, '$.tags') e
        LEFT JOIN tags t ON t.id = r.id AND t.key = e.key AND t.value = e.value WHERE t.id IS NULL""",
    "an instance without its system disk": """
        SELECT id FROM resources r WHERE kind = 'instances' AND NOT EXISTS (SELECT 1 FROM resources d
        WHERE d.kind = 'disks' AND d.parent = r.id AND json_extract(d.body, '$.type') = 'system')""",
    "an instance without its interface": """
        SELECT id FROM resources r WHERE kind = 'instances'
        AND NOT EXISTS (SELECT 1 FROM resources e WHERE e.kind = 'enis' AND e.parent = r.id)""",
    "a disk or an interface of an instance that is not there": """
        SELECT id FROM resources r WHERE kind IN ('disks', 'enis') AND parent <> ''
        AND NOT EXISTS (SELECT 1 FROM resources i WHERE i.id = r.parent)""",
    "an interface without its address": """
        SELECT id FROM resources r WHERE kind = 'enis'
        AND NOT EXISTS (SELECT 1 FROM addresses a WHERE a.owner = r.id)""",
    "an address of what is not there": """
        SELECT owner FROM addresses a WHERE NOT EXISTS (SELECT 1 FROM resources r WHERE r.id = a.owner)""",
    "a timer of what is not there": """
        SELECT id FROM timers t WHERE NOT EXISTS (SELECT 1 FROM resources r WHERE r.id = t.id)""",
    "an instance on its way without a timer": """
        SELECT id FROM resources r WHERE kind = 'instances'
        AND json_extract(body, '$.status') IN ('Pending', 'Starting', 'Stopping')
        AND NOT EXISTS (SELECT 1 FROM timers t WHERE t.id = r.id AND t.event <> 'auto-release')""",
    "an instance or a disk that is not metered": """
        SELECT id FROM resources r WHERE kind IN ('instances', 'disks')
        AND NOT EXISTS (SELECT 1 FROM usage u WHERE u.id = r.id AND u.ended IS NULL)""",
    "a meter that goes on for what is not there": """
        SELECT id FROM usage u WHERE ended IS NULL
        AND NOT EXISTS (SELECT 1 FROM resources r WHERE r.id = u.id)""",
}


def left(database: Path) -> tuple[bool, list[str]]:
    """Return whether the process died within a commit, and what is wrong with a copy of the file."""
    copy = database.with_name("copy.db")
    journal, beside = (Path(f"{path}-journal") for path in (database, copy))
    beside.unlink(missing_ok=True)
    hot = journal.exists() and journal.stat().st_size > 0
    shutil.copy(database, copy)
    if hot:
        shutil.copy(journal, beside)
    with closing(sqlite3.connect(copy)) as connection:
        return hot, list(_wrong(connection))


def _wrong(connection: sqlite3.Connection) -> Iterator[str]:
    (said,) = connection.execute("PRAGMA integrity_check").fetchone()
    if said != "ok":
        yield f"integrity: {said}"
    for half, statement in HALVES.items():
        found = [row[0] for row in connection.execute(statement)]
        if found:
            yield f"half: {half}: {json.dumps(found[:3])}"
