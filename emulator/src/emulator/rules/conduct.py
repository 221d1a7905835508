"""What a careful client does not do, found by looking at each call and its answer.

Imports world and resources; the gateway calls it after every answer. Nothing here changes an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field

from emulator import times
from emulator.conduct import SECOND, Recent
from emulator.resources import Instance
from emulator.world import World

LOOKING = ("Describe", "List", "Get", "Query", "Inquiry", "AssumeRole", "Decode", "Lookup", "Test")
_DELETES = ("DeleteInstance", "DeleteInstances")
MOST_SINGLES = 20


@dataclass(slots=True)
class Exchange:
    """One call of a known product with its answer."""

    number: int
    key: str
    product: str
    action: str
    parameters: dict[str, str]
    nonce: str
    status: int
    code: str
    # The answer came from a fault, so the client's state of affairs is not what it says.
    ordered: bool
    # The reply was dropped or delayed, so the client may not know of it.
    unseen: bool
    retry_after_ms: int | None
    # Derived once, because every rule asks: whether the call changes something, and what two calls share
    # that are the same call.
    changing: bool = field(init=False)
    same: Hashable = field(init=False)

    def __post_init__(self) -> None:
        self.changing = not self.action.startswith(LOOKING)
        self.same = (self.key, self.product, self.action, frozenset(self.parameters.items()))

    @property
    def throttled(self) -> bool:
        """Tell whether the call came too often; clients go by the prefix, and so do we."""
        return self.code.startswith(("Throttling", "Rejected.Throttling"))


Rule = Callable[[World, Exchange, float], str | None]


def observe(world: World, exchange: Exchange) -> None:
    """Note every violation of this call, then remember the call for the next one."""
    moment = world.memory.clock()
    for kind, rule in RULES.items():
        text = rule(world, exchange, moment)
        if text is not None:
            found = {"time": times.to_second(world.now), "kind": kind, "action": exchange.action}
            world.violations.record({**found, "request": exchange.number, "text": text})
    _remember(world, exchange, moment)


def _polling(world: World, exchange: Exchange, moment: float) -> str | None:
    if exchange.changing:
        return None
    before = world.memory.reads.find(exchange.same, moment)
    changed = world.memory.changes.find(exchange.key, moment)
    # Whoever has changed something may look at once whether it happened.
    if before is None or (changed is not None and changed[1] > before[1]):
        return None
    return f"the same look {_ago(before[0])}; once a second is enough"


def _no_back_off(world: World, exchange: Exchange, moment: float) -> str | None:
    before = world.memory.throttled.find(exchange.same, moment)
    if before is None or before[0] >= before[1]:
        return None
    return f"the same call was throttled {_ago(before[0])}; wait longer before it is sent again"


def _nonce(world: World, exchange: Exchange, moment: float) -> str | None:
    if not exchange.changing or not exchange.nonce or world.violations.first(exchange.key, exchange.nonce):
        return None
    return f"the signature nonce {exchange.nonce} was used before; sign anew to send a call again"


def _expired_token(world: World, exchange: Exchange, moment: float) -> str | None:
    expired = "SecurityToken" in exchange.code and "Expired" in exchange.code
    if not exchange.changing or exchange.ordered or not expired:
        return None
    return "a change under an expired security token; get a new one before it ends"


def _client_token(world: World, exchange: Exchange, moment: float) -> str | None:
    if exchange.ordered or exchange.code != "IdempotentParameterMismatch":
        return None
    token = exchange.parameters.get("ClientToken", "")
    return f"the client token {token} belongs to a call with other parameters"


def _releasing(world: World, exchange: Exchange, moment: float) -> str | None:
    # An accepted call is no repetition: it began the release, or replayed its client token. And an
    # instance that the caller cannot see says nothing about the caller.
    if exchange.action not in _DELETES or exchange.status in (200, 404) or _dry(exchange):
        return None
    gone = [one for one in _named(exchange) if _is_releasing(world, one) and one not in world.memory.unseen]
    return f"{', '.join(gone)} is being released already; look before deleting again" if gone else None


def _singles(world: World, exchange: Exchange, moment: float) -> str | None:
    single = _single(exchange)
    if single is None:
        return None
    burst = world.memory.singles.setdefault(exchange.key, Recent())
    burst.keep(single, moment, None)
    if len(burst.values(moment)) <= MOST_SINGLES:
        return None
    # One finding for each burst, not one for each call of it.
    del world.memory.singles[exchange.key]
    return f"more than {MOST_SINGLES} instances looked up one by one within a second; one call takes 100 ids"


RULES: dict[str, Rule] = {
    "polling": _polling,
    "no-back-off": _no_back_off,
    "nonce": _nonce,
    "expired-token": _expired_token,
    "client-token": _client_token,
    "releasing": _releasing,
    "single-ids": _singles,
}


def _remember(world: World, exchange: Exchange, moment: float) -> None:
    memory = world.memory
    if exchange.throttled:
        wait = SECOND if exchange.retry_after_ms is None else exchange.retry_after_ms / 1000
        memory.throttled.keep(exchange.same, moment, wait)
    if exchange.changing:
        memory.changes.keep(exchange.key, moment, exchange.number)
    # A look that failed for a moment may be repeated; how soon is the other rule's business.
    elif exchange.throttled or exchange.unseen or exchange.status >= 500:
        memory.reads.drop(exchange.same)
    else:
        memory.reads.keep(exchange.same, moment, exchange.number)
    _remember_release(world, exchange)


def _remember_release(world: World, exchange: Exchange) -> None:
    if exchange.action not in _DELETES or (exchange.unseen and exchange.status != 200):
        return
    change = world.memory.unseen.update if exchange.unseen else world.memory.unseen.difference_update
    change(_named(exchange))


def _named(exchange: Exchange) -> Iterator[str]:
    return (value for name, value in exchange.parameters.items() if name.split(".")[0] == "InstanceId")


def _is_releasing(world: World, identifier: str) -> bool:
    instance = world.store.get(Instance, identifier)
    return instance is not None and instance.releasing


def _dry(exchange: Exchange) -> bool:
    return exchange.parameters.get("DryRun", "").lower() == "true"


def _single(exchange: Exchange) -> str | None:
    ids = exchange.parameters.get("InstanceIds", "")
    if exchange.action != "DescribeInstances" or not ids or "," in ids:
        return None
    return ids


def _ago(seconds: float) -> str:
    return f"{round(seconds * 1000)} ms before"
