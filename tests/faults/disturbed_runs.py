"""Release runs of which one reply is spoilt, and what must hold after each of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ecs_release.gateway.errors import CloudError
from ecs_release.gateway.mapping import Reply
from ecs_release.runner.observe import Errand
from tests.emulator.cloud import subscription
from tests.faults.every_call import built
from tests.faults.inside_cloud import Exchange, InsideShop, Spoil, exchanging, untouched
from tests.faults.mutations import Mutation, mutations
from tests.faults.tally import sampled
from tests.properties.shop import DATA, SYSTEM, errand_of, released

Made = tuple[Mapping[str, str], Errand]
Changes = set[tuple[str, frozenset[tuple[str, str]]]]


@dataclass(frozen=True)
class World:
    """A group and how a run over it ends when nothing disturbs it."""

    name: str
    make: Callable[[InsideShop], Made]
    done: bool
    # How many of its cases the usual tests try one of, and those that try them all.
    one_in: int = 61
    at_most: int = 3


def of_two(shop: InsideShop, order: Mapping[str, object], **terms: str) -> Made:
    """Two members of one kind."""
    shop.empty()
    ids = {member: shop.run(order) for member in ("web-0", "web-1")}
    for member, instance_id in ids.items():
        shop.tag(instance_id, member)
    return ids, errand_of(shop, ids, (SYSTEM, DATA), **terms)


def protected(shop: InsideShop) -> Made:
    """One of two members is protected, and its terms say so."""
    made = of_two(shop, {})
    shop.good("ModifyInstanceAttribute", {"InstanceId": made[0]["web-0"], "DeletionProtection": True})
    return made


def locked(shop: InsideShop) -> Made:
    """A release would destroy the disk that is to be kept."""
    made = of_two(shop, {})
    shop.event(lock=[made[0]["web-0"], "security"])
    return made


WORLDS = (
    World("with backup, address and disks", built, True, 661, 29),
    World(
        "refunded", lambda shop: of_two(shop, subscription(), on_active_subscription="refund"), True, 421, 17
    ),
    World(
        "converted",
        lambda shop: of_two(shop, subscription(), on_active_subscription="convert"),
        True,
        421,
        17,
    ),
    World("protected", protected, False),
    World("locked", locked, False),
    World("paid for", lambda shop: of_two(shop, subscription()), False),
)


@dataclass
class Run:
    """What one run did."""

    done: bool
    error: CloudError | None
    members: Mapping[str, str]
    changes: Changes
    exchange: Exchange


def run(shop: InsideShop, world: World, folder: Path, spoil: Spoil = untouched) -> Run:
    """A world made anew and released; what it is called by stands for every id."""
    ids, errand = world.make(shop)
    names = names_of(shop, ids)
    done, failed = False, None
    with exchanging(shop, spoil) as exchange:
        try:
            done = released(shop, errand, folder).done
        except CloudError as error:
            failed = error
    changes = {(action, _named(told, names)) for action, told in exchange.changes}
    return Run(done, failed, ids, changes, exchange)


def names_of(shop: InsideShop, ids: Mapping[str, str]) -> dict[str, str]:
    """Ids with what they are: chance gives other ids to every world."""
    members = {instance_id: member for member, instance_id in ids.items()}
    disks = shop.state()["disks"]
    return members | {
        disk_id: f"{members.get(disk['InstanceId'], 'nobody')}-{disk['DiskName'] or disk['Type']}"
        for disk_id, disk in disks.items()
    }


def _named(told: frozenset[tuple[str, str]], names: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    def name(value: str) -> str:
        for id_, word in names.items():
            value = value.replace(id_, word)
        return value

    # The order in which a list is sent follows the ids.
    return frozenset((key.rstrip("0123456789"), name(value)) for key, value in told)


def spoilt(
    replies: list[tuple[str, int, bytes]], world: World
) -> Iterator[tuple[int, bool, str, Callable[[bytes], bytes]]]:
    """For every reply of a clean run its spoilt forms: the call, whether it is malformed then, where.

    The ids of the next world are others, so it is done to the reply of that world at the same place.
    """
    for number, (_action, _status, body) in enumerate(replies, 1):
        cases = enumerate(of_what_is_read(body))
        for index, mutation in sampled(cases, world.one_in, 7 * number, at_most=world.at_most):
            yield number, mutation.is_malformed, str(mutation), _again(index)


def of_what_is_read(body: bytes) -> Iterator[Mutation]:
    """Mutations of the places that the gateway reads; what it leaves alone decides nothing."""
    return (each for each in mutations(json.loads(body)) if not each.key or each.key in READ)


def _fields(model: type[Reply]) -> set[str]:
    inner = (name for each in model.__subclasses__() for name in _fields(each))
    return {*model.model_fields, *inner}


READ = _fields(Reply) | {"RequestId", "Success", "Code", "Message"}


def _again(index: int) -> Callable[[bytes], bytes]:
    def spoil(body: bytes) -> bytes:
        found = next(islice(of_what_is_read(body), index, None), None)
        return body if found is None else json.dumps(found.value).encode()

    return spoil


def at_call(number: int, change: Callable[[bytes], bytes]) -> Spoil:
    """Spoils the reply to one call of a run."""
    return lambda call, action, body: change(body) if call == number else body


def instead(text: bytes) -> Callable[[bytes], bytes]:
    """Puts a text in the place of any reply."""
    return lambda body: text


def check(shop: InsideShop, clean: Run, told: Run, is_malformed: bool, where: str) -> None:
    """Nothing is called gone that is there, no kept disk is lost, nothing is done that was not to be."""
    state = shop.state()
    assert not (told.done and state["instances"]), where
    assert told.error is None or told.error.action, f"{where}: {told.error}"
    # Another value of the right form may be the truth, and then other things are right to do.
    if is_malformed:
        kept = [disk for disk in state["disks"].values() if disk["DiskName"] == "data"]
        assert len(kept) == len(told.members), where
        more = told.changes - clean.changes
        assert not more, f"{where}: {more}"
