"""The account after a run: what was to stay, looked up once more, with what it costs.

Imports gateway and domain.
"""

from collections.abc import Sequence
from dataclasses import replace

from ecs_release.domain.things import Thing
from ecs_release.gateway.gateway import Gateway
from ecs_release.runner.prices import Prices

LOST = "was to stay, and is NOT to be found after the release"


def accounted(things: Sequence[Thing], gateway: Gateway) -> tuple[Thing, ...]:
    """The things that stay, priced; a disk or snapshot that is not there is said to be lost."""
    missing = _missing(things, gateway)
    found = [thing for thing in things if thing.id not in missing]
    lost = [replace(thing, why=LOST, bills=False) for thing in things if thing.id in missing]
    return (*Prices(gateway).of(found), *lost)


def _missing(things: Sequence[Thing], gateway: Gateway) -> set[str]:
    disks = [thing.id for thing in things if thing.kind == "disk"]
    snapshots = [thing.id for thing in things if thing.kind.endswith("snapshot")]
    seen = {disk.disk_id for disk in gateway.find_disks(disks)} if disks else set()
    if snapshots:
        seen |= {snapshot.snapshot_id for snapshot in gateway.find_snapshots(snapshots)}
    return {*disks, *snapshots} - seen
