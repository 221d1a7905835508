"""What is kept beside the resources: timers, addresses, tokens, the request log.

Imports database and errors.
"""

from __future__ import annotations

import ipaddress
import json
from typing import Any

from emulator.database import Database
from emulator.errors import ApiError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
TOKEN_LIFETIME = 86400.0
# A range that is reserved for measurements, so that no address here belongs to anybody.
PUBLIC_POOL = "198.18.0.0/15"


def within(address: str, network: Network) -> bool:
    """Tell whether a text is an address of a network."""
    try:
        return ipaddress.ip_address(address) in network
    except ValueError:
        return False


class Timers:
    """What falls due when; one timer per resource and event."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def arm(self, identifier: str, event: str, due: float) -> None:
        """Set or move a timer."""
        self._database.changes += 1
        self._database.run("INSERT OR REPLACE INTO timers VALUES (?, ?, ?)", identifier, event, due)

    def disarm(self, identifier: str, *events: str) -> None:
        """Remove the named timers of a resource."""
        self._database.changes += 1
        for event in events:
            self._database.run("DELETE FROM timers WHERE id = ? AND event = ?", identifier, event)

    def pop(self, now: float) -> tuple[str, str, float] | None:
        """Remove and return the earliest timer that is due."""
        row = self._database.one(
            "SELECT id, event, due FROM timers WHERE due <= ? ORDER BY due, rowid LIMIT 1", now
        )
        if row is not None:
            self.disarm(row[0], row[1])
        return row  # type: ignore[no-any-return]

    def upcoming(self, most: int) -> list[tuple[str, float, str, str]]:
        """Return event, moment, and the kind and fields of what they are for, the nearest first."""
        statement = (
            "SELECT event, due, kind, body FROM timers JOIN resources USING (id)"
            " ORDER BY due, timers.rowid LIMIT ?"
        )
        return self._database.run(statement, most).fetchall()


class Addresses:
    """Which addresses of a pool are taken; a pool is a vSwitch's range or the public one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, pool: str, cidr: str, owner: str, wanted: str = "") -> str:
        """Take the wanted or the next free address; the first and the last three are the cloud's."""
        network = ipaddress.ip_network(cidr)
        if wanted and not within(wanted, network):
            raise ApiError(
                400, "InvalidPrivateIpAddress.Malformed", f"The PrivateIpAddress {wanted} cannot be used."
            )
        number = int(ipaddress.ip_address(wanted)) if wanted else self._next(pool, network)
        if wanted and self._taken(pool, number):
            raise ApiError(
                403, "InvalidIPAddress.AlreadyUsed", f"The specified IP address {wanted} is already used."
            )
        self._database.run("INSERT INTO addresses VALUES (?, ?, ?)", pool, number, owner)
        return str(ipaddress.ip_address(number))

    def give_back(self, owner: str) -> None:
        """Free all addresses of an owner."""
        self._database.run("DELETE FROM addresses WHERE owner = ?", owner)

    def give_back_one(self, owner: str, address: str) -> None:
        """Free one address of an owner."""
        number = int(ipaddress.ip_address(address))
        self._database.run("DELETE FROM addresses WHERE owner = ? AND number = ?", owner, number)

    def hand_over(self, owner: str, successor: str) -> None:
        """Let another owner have all addresses of one."""
        self._database.run("UPDATE addresses SET owner = ? WHERE owner = ?", successor, owner)

    def count(self, pool: str) -> int:
        """Return how many addresses of a pool are taken."""
        return int(self._database.one("SELECT count(*) FROM addresses WHERE pool = ?", pool)[0])

    def _next(self, pool: str, network: Network) -> int:
        first, last = int(network[1]), int(network[-1]) - 3
        highest = self._database.one("SELECT max(number) FROM addresses WHERE pool = ?", pool)[0]
        number = first if highest is None else int(highest) + 1
        if number > last:
            number = first
            while number <= last and self._taken(pool, number):
                number += 1
        if number > last:
            raise ApiError(
                403, "InvalidVSwitchId.IpNotEnough", "The specified VSwitch has not enough IP addresses."
            )
        return number

    def _taken(self, pool: str, number: int) -> bool:
        found = self._database.one("SELECT 1 FROM addresses WHERE pool = ? AND number = ?", pool, number)
        return found is not None


class Tokens:
    """Replies that a repeated ClientToken replays for a day."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replay(self, scope: str, token: str, request: str, now: float) -> Any:
        """Return the first reply, or None for a new token; refuse the token with other parameters."""
        statement = "SELECT request, reply FROM tokens WHERE scope = ? AND token = ? AND expires > ?"
        row = self._database.one(statement, scope, token, now)
        if row is None:
            return None
        if row[0] != request:
            text = "The request uses the same client token as a previous, but non-identical request."
            raise ApiError(400, "IdempotentParameterMismatch", text)
        return json.loads(row[1])

    def keep(self, scope: str, token: str, request: str, reply: object, now: float) -> None:
        """Remember a reply."""
        values = (scope, token, request, json.dumps(reply), now + TOKEN_LIFETIME)
        self._database.run("INSERT OR REPLACE INTO tokens VALUES (?, ?, ?, ?, ?)", *values)


class RequestLog:
    """Every request that arrived, numbered from 1."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(
        self, action: str, entry: dict[str, Any], account: str = "", moment: float = 0.0, event: Any = None
    ) -> int:
        """Append a request and return its number; with it goes what ActionTrail has of it, if anything."""
        # One row for both: a call costs one insert.
        statement = "INSERT INTO requests (action, body, account, moment, event) VALUES (?, ?, ?, ?, ?)"
        told = None if event is None else json.dumps(event)
        cursor = self._database.run(statement, action, json.dumps(entry), account, moment, told)
        return int(cursor.lastrowid or 0)

    def since(self, number: int) -> list[dict[str, Any]]:
        """Return the requests after a number, oldest first."""
        rows = self._database.run("SELECT n, body FROM requests WHERE n > ? ORDER BY n", number)
        return [{"n": n, **json.loads(body)} for n, body in rows]

    def last(self) -> int:
        """Return the number of the last request, 0 before the first."""
        return int(self._database.one("SELECT coalesce(max(n), 0) FROM requests")[0])

    def entry(self, number: int) -> dict[str, Any] | None:
        """Return one request with what ActionTrail has of it, if anything."""
        row = self._database.one("SELECT body, event FROM requests WHERE n = ?", number)
        if row is None:
            return None
        return {"n": number, **json.loads(row[0]), "event": None if row[1] is None else json.loads(row[1])}

    def counts(self) -> dict[str, int]:
        """Return how often each action was called."""
        rows = self._database.run("SELECT action, count(*) FROM requests GROUP BY action ORDER BY action")
        return dict(rows.fetchall())


class Violations:
    """Calls that a careful client would not have sent, numbered from 1."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, entry: dict[str, Any]) -> None:
        """Append a finding."""
        self._database.run("INSERT INTO violations (body) VALUES (?)", json.dumps(entry))

    def since(self, number: int) -> list[dict[str, Any]]:
        """Return the findings after a number, oldest first."""
        rows = self._database.run("SELECT n, body FROM violations WHERE n > ? ORDER BY n", number)
        return [{"n": n, **json.loads(body)} for n, body in rows]

    def first(self, key: str, nonce: str) -> bool:
        """Keep a nonce and tell whether the key used it for the first time."""
        return self._database.run("INSERT OR IGNORE INTO nonces VALUES (?, ?)", key, nonce).rowcount == 1
