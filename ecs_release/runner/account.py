"""The account after a run: what was to stay, looked up once more, with what it costs.

Imports gateway and domain.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ecs_release.domain.facts import EipFacts
from ecs_release.domain.things import Thing
from ecs_release.gateway.errors import CloudError
from ecs_release.gateway.gateway import Gateway
from ecs_release.runner.prices import Prices

LOST = "was to stay, and is NOT to be found after the release"


def accounted(things: Sequence[Thing], gateway: Gateway) -> tuple[Thing, ...]:
    """The things that stay, priced; one that is not there is said to be lost."""
    missing = _missing(things, gateway)
    found = [thing for thing in things if thing.id not in missing]
    lost = [replace(thing, why=LOST, bills=False) for thing in things if thing.id in missing]
    return (*Prices(gateway).of(found), *lost)


def _missing(things: Sequence[Thing], gateway: Gateway) -> set[str]:
    """The ids of what was looked for and not found; what may not be looked at counts as there."""
    looks: dict[str, Callable[[list[str]], set[str]]] = {
        "disk": lambda ids: {disk.disk_id for disk in gateway.find_disks(ids)},
        "snapshot": lambda ids: {one.snapshot_id for one in gateway.find_snapshots(ids)},
        "image": lambda ids: {image.image_id for image in gateway.find_images(ids)},
        "EIP": lambda ids: _names(gateway.leftovers.find_eips(ids)),
        "network interface": lambda ids: {one.interface_id for one in gateway.interfaces(ids)},
    }
    missing: set[str] = set()
    for kind, look in looks.items():
        ids = [thing.id for thing in things if thing.kind.removeprefix("automatic ") == kind]
        missing |= set(ids) - _seen(look, ids)
    return missing


def _seen(look: Callable[[list[str]], set[str]], ids: list[str]) -> set[str]:
    try:
        return look(ids) if ids else set()
    # The instances are gone already: an account with a gap is better than none.
    except CloudError:
        return set(ids)


def _names(eips: Iterable[EipFacts]) -> set[str]:
    return {name for eip in eips for name in (eip.allocation_id, eip.address)}
