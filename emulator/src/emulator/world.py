"""The world as the rules see it: resources, timers, addresses, the present moment.

Imports the stores and the clock.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from emulator.clock import Clock
from emulator.conduct import Memory
from emulator.database import Database
from emulator.ledger import PUBLIC_POOL, Addresses, RequestLog, Timers, Tokens, Violations
from emulator.limits import Limits
from emulator.records import Deliveries, Trail
from emulator.settings import Settings
from emulator.store import Store

# Of the length that real ones have.
FIRST_ORDER = 230_000_000_000_000

Handler = Callable[["World", str], None]


class World:
    """All accounts' resources at one moment; `now` stands still while one request is answered."""

    def __init__(self, database: Database, defaults: Settings) -> None:
        self.database = database
        self.defaults = defaults
        self.store = Store(database, lambda: self.now)
        self.timers = Timers(database)
        self.addresses = Addresses(database)
        self.tokens = Tokens(database)
        self.log = RequestLog(database)
        self.violations = Violations(database)
        self.trail = Trail(database)
        self.deliveries = Deliveries(database)
        self.limits = Limits(database)
        self.restore()

    def restore(self) -> None:
        """Read the clock and the settings back from the file, or start with fresh ones."""
        clock, settings = self.database.fact("clock"), self.database.fact("settings")
        self.clock = Clock(**clock) if clock else Clock.real()
        self.settings = Settings(**settings) if settings else self.defaults.model_copy()
        # Frozen for one request: two readings of the clock within a call must not differ.
        self.now = self.clock.now()
        self.limits.load()
        self.memory = Memory()
        # Another one after a restart and after a reset: what was numbered before is numbered anew.
        self.life = secrets.token_hex(4)
        # A client whose reply was lost with the last process cannot know that its call was accepted.
        self.memory.unseen = self.store.releasing()
        self.keep()

    def keep(self) -> None:
        """Write the clock and the settings to the file."""
        self.database.set_fact("clock", self.clock.stored())
        self.database.set_fact("settings", self.settings.model_dump())

    def reset(self) -> None:
        """Empty all accounts and start the clock and the settings anew."""
        self.database.clear()
        self.restore()

    def settle(self, handlers: dict[str, Handler]) -> None:
        """Let everything happen that has fallen due, in order and each at its own moment."""
        present = self.clock.now()
        # A handler may arm timers that are due as well, so each round asks anew.
        while (due := self.timers.pop(present)) is not None:
            # What happened during a long advance carries the time at which it would have happened.
            identifier, event, self.now = due
            handlers[event](self, identifier)
        self.now = present

    def overdue(self, account: str) -> bool:
        """Tell whether an account has unpaid bills."""
        return bool(self.database.fact(f"overdue/{account}"))

    def new_order(self) -> int:
        """Return the number of an order that something is paid with."""
        number = int(self.database.fact("orders") or FIRST_ORDER)
        self.database.set_fact("orders", number + 1)
        return number

    def public_address(self, owner: str) -> str:
        """Take a public address."""
        return self.addresses.take("public", PUBLIC_POOL, f"public/{owner}")


def new_id(prefix: str) -> str:
    """Return an id of the cloud's shape that was never used before."""
    return f"{prefix}-{secrets.token_hex(10)}"


def new_mac() -> str:
    """Return a locally administered hardware address."""
    return "02:" + ":".join(f"{byte:02x}" for byte in secrets.token_bytes(5))
