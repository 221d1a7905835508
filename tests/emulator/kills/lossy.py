"""Emulators that are not durable, to be noticed: `python -m tests.emulator.kills.lossy KIND serve …`."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import emulator.actions.disks_create
import emulator.actions.instances_run
from emulator.cli import app
from emulator.database import Database
from emulator.gateway import Gateway
from emulator.ledger import RequestLog, Timers, Tokens

KEPT_BACK = 20


def never_commits() -> None:
    """Everything stays in a transaction that the end of the process drops."""
    opened = Database.__init__

    def held(self: Database, path: str) -> None:
        opened(self, path)
        self.run("BEGIN")

    Database.__init__ = held  # type: ignore[method-assign]


def commits_now_and_then() -> None:
    """Replies leave before what they promise is in the file."""
    answer = Gateway.answer
    waiting = {"calls": 0}

    def late(self: Gateway, request: Any) -> Any:
        connection = self.world.database.connection
        if not connection.in_transaction:
            connection.execute("BEGIN")
        answered = answer(self, request)
        waiting["calls"] += 1
        if waiting["calls"] % KEPT_BACK == 0:
            connection.execute("COMMIT")
        return answered

    Gateway.answer = late  # type: ignore[method-assign]


def one_statement_at_a_time() -> None:
    """Each statement is in the file at once, so that a kill leaves half a call."""

    @contextmanager
    def none(self: Database, name: str) -> Iterator[None]:
        yield

    Database.transaction = none  # type: ignore[method-assign]


def log_is_lost() -> None:
    """One call in thirty is not written to the request log."""
    record, chance = RequestLog.record, random.Random(1)

    def forgetful(self: RequestLog, *arguments: Any) -> int:
        number = record(self, *arguments)
        if chance.random() < 1 / 30:
            self._database.run("DELETE FROM requests WHERE n = ?", number)
        return number

    RequestLog.record = forgetful  # type: ignore[method-assign, assignment]


def refusals_stay() -> None:
    """What a refused change of a name has done is not taken back."""
    renamed = Gateway._apply

    def applied(self: Gateway, request: Any, call: Any) -> Any:
        answer = renamed(self, request, call)
        if (
            answer.status == 404
            and "InstanceName" in request.parameters
            and "InstanceId" in request.parameters
        ):
            statement = "UPDATE resources SET body = json_set(body, '$.instance_name', ?) WHERE id = ?"
            values = request.parameters["InstanceName"], request.parameters["InstanceId"]
            self.world.database.run(statement, *values)
        return answer

    Gateway._apply = applied  # type: ignore[method-assign]


def timers_are_lost() -> None:
    """Timers are in memory only, as far as the next process can tell."""
    armed = Timers.__init__

    def emptied(self: Timers, database: Database) -> None:
        armed(self, database)
        database.run("DELETE FROM timers WHERE event = 'auto-release'")

    Timers.__init__ = emptied  # type: ignore[method-assign]


def tokens_are_lost() -> None:
    """A ClientToken means nothing to the next process."""
    kept = Tokens.__init__

    def emptied(self: Tokens, database: Database) -> None:
        kept(self, database)
        database.run("DELETE FROM tokens")

    Tokens.__init__ = emptied  # type: ignore[method-assign]


def ids_come_again() -> None:
    """Each process counts its ids from the beginning."""
    counted = {"ids": 0}

    def next_id(prefix: str) -> str:
        counted["ids"] += 1
        return f"{prefix}-{counted['ids']:020x}"

    for module in (emulator.actions.disks_create, emulator.actions.instances_run):
        module.new_id = next_id  # type: ignore[attr-defined]


KINDS: dict[str, Callable[[], None]] = {
    kind.__name__: kind
    for kind in (
        never_commits,
        commits_now_and_then,
        one_statement_at_a_time,
        log_is_lost,
        refusals_stay,
        timers_are_lost,
        tokens_are_lost,
        ids_come_again,
    )
}

if __name__ == "__main__":
    KINDS[sys.argv.pop(1)]()
    app()
