"""What the cloud does by itself, on a tester's order. Imports world, resources and the rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator.accounts import DEFAULT_ACCOUNT
from emulator.resources import Instance
from emulator.resources.storage import Snapshot
from emulator.rules import arrears, conversion, history, maintenance, snapshots, spot, subscription, tokens
from emulator.rules.release import BLOCKS
from emulator.world import World

LOCKS = ("financial", "security", "Recycling", "dedicatedhostfinancial", "refunded")


def apply(world: World, name: str, value: Any) -> None:
    """Let one event happen; ValueError if there is no such event or it cannot happen."""
    event = EVENTS.get(name)
    if event is None:
        raise ValueError(f"there is no event {name!r}; there are {', '.join(EVENTS)}")
    event(world, value)


def _expire(world: World, value: Any) -> None:
    instance = _instance(world, value)
    if not instance.subscription:
        raise ValueError(f"{instance.id} is no subscription")
    subscription.expire_now(world, instance)


def _fail(world: World, value: Any) -> None:
    snapshot = world.store.get(Snapshot, str(value))
    if snapshot is None or snapshot.status != "progressing":
        raise ValueError(f"{value!r} is no snapshot that is being taken")
    snapshots.fail(world, snapshot)


def _lock(world: World, value: Any) -> None:
    instance, reason = _pair(world, value, LOCKS)
    # A lock alone: what the cloud does besides has events of its own.
    subscription.lock(world, instance, reason)
    if reason == "security":
        history.note(world, instance, "SecurityPunish.Locked")


def _unlock(world: World, value: Any) -> None:
    instance, reason = _pair(world, value, LOCKS)
    instance.locks = [lock for lock in instance.locks if lock != reason]
    world.store.put(instance)


def _overdue(world: World, value: Any) -> None:
    named = isinstance(value, list) and len(value) == 2
    account, overdue = value if named else (DEFAULT_ACCOUNT, value)
    if not isinstance(overdue, bool) or not isinstance(account, str):
        raise ValueError("overdue takes true, false, or a pair of an account id and one of them")
    arrears.set_overdue(world, account, overdue)


def _reclaim(world: World, value: Any) -> None:
    instance = _instance(world, value)
    if not instance.spot:
        raise ValueError(f"{instance.id} is no spot instance")
    spot.reclaim(world, instance)


def _block(world: World, value: Any) -> None:
    instance, reason = _pair(world, value, tuple(BLOCKS))
    if reason not in instance.blocks:
        instance.blocks.append(reason)
    world.store.put(instance)


def _unblock(world: World, value: Any) -> None:
    instance, reason = _pair(world, value, tuple(BLOCKS))
    instance.blocks = [block for block in instance.blocks if block != reason]
    world.store.put(instance)


def _maintain(world: World, value: Any) -> None:
    maintenance.begin(world, *_pair(world, value, (*maintenance.PLANNED, *maintenance.FAILED)))


def _linger(world: World, value: Any) -> None:
    instance = _instance(world, value)
    instance.lingers = True
    world.store.put(instance)


def _pay(world: World, value: Any) -> None:
    instance = _instance(world, value)
    if instance.conversion is None or instance.conversion.get("paid", True):
        raise ValueError(f"{instance.id} has no unpaid order")
    conversion.pay(world, instance)


def _publish(world: World, value: Any) -> None:
    known = isinstance(value, dict) and set(value) == {"issuer", "keys"} and isinstance(value["keys"], list)
    if not known or not all(isinstance(key, dict) for key in value["keys"]):
        raise ValueError("publish takes an issuer and its keys, a list of JWK")
    tokens.publish(world, str(value["issuer"]), value["keys"])


def _instance(world: World, value: Any) -> Instance:
    instance = world.store.get(Instance, str(value))
    if instance is None:
        raise ValueError(f"there is no instance {value!r}")
    return instance


def _pair(world: World, value: Any, reasons: tuple[str, ...]) -> tuple[Instance, str]:
    if not isinstance(value, list) or len(value) != 2 or value[1] not in reasons:
        raise ValueError(f"this event takes a pair of an instance id and one of {', '.join(reasons)}")
    return _instance(world, value[0]), value[1]


EVENTS: dict[str, Callable[[World, Any], None]] = {
    "expire": _expire,
    "lock": _lock,
    "unlock": _unlock,
    "overdue": _overdue,
    "reclaim": _reclaim,
    "block": _block,
    "unblock": _unblock,
    "maintain": _maintain,
    "linger": _linger,
    "pay": _pay,
    "fail": _fail,
    "publish": _publish,
}
