"""What earlier runs left and still exists: told by receipts, journals and our tags, looked up in the cloud.

Imports gateway and domain, and the receipts and journals beside it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ecs_release.domain.facts import PROJECT_TAG, STACK_TAG, DiskFacts, EipFacts
from ecs_release.domain.things import Thing
from ecs_release.gateway.errors import CloudError, NotFound
from ecs_release.gateway.gateway import Gateway
from ecs_release.runner.history import Run, runs
from ecs_release.runner.journal import Journal
from ecs_release.runner.prices import Prices
from ecs_release.runner.receipt import Receipt

BY_TAG = "carries the tags of this stack, and no instance has it"
AVAILABLE = "Available"
Remembered = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Place:
    """Whose survivors are asked for."""

    project: str
    stack: str
    account: str

    @property
    def tags(self) -> dict[str, str]:
        """What everything of this place carries."""
        return {PROJECT_TAG: self.project, STACK_TAG: self.stack}


@dataclass(frozen=True, slots=True)
class Survivor:
    """Something that still exists; `used_by` is what has it now, `parts` are snapshots of an image."""

    thing: Thing
    status: str
    used_by: str = ""
    parts: tuple[str, ...] = ()


def remembered(directory: Path, place: Place) -> Remembered:
    """What receipts, and the plans of runs without one, say has stayed: why, by kind and id."""
    told: dict[tuple[str, str], str] = {}
    for run in runs(directory):
        receipt = _receipt(directory / f"{run.name}.receipt.json")
        things = _of_receipt(receipt, place) if receipt else _of_journal(run, place)
        for kind, id_, why in things:
            # An automatic snapshot is asked for and deleted like any other.
            told[kind.removeprefix("automatic "), id_] = f"{why}; left on {run.began_at:%Y-%m-%d}"
    return told


def _receipt(path: Path) -> Receipt | None:
    try:
        return Receipt.model_validate_json(path.read_bytes())
    # A receipt that was cut or is not there: the journal still tells.
    except (OSError, ValidationError):
        return None


def _of_receipt(receipt: Receipt, place: Place) -> Iterator[tuple[str, str, str]]:
    if (receipt.project, receipt.stack, receipt.caller.account) != (
        place.project,
        place.stack,
        place.account,
    ):
        return
    for thing in receipt.stays:
        yield thing.kind, thing.id, thing.why


def _of_journal(run: Run, place: Place) -> Iterator[tuple[str, str, str]]:
    planned = next((entry for entry in run.entries if entry.event == "plan"), None)
    here = {"project": place.project, "stack": place.stack, "account": place.account}
    # Without a call nothing was left by this run.
    if planned is None or planned.detail("place") != here or not run.calls:
        return
    for instance in _maps(planned.detail("plan"), "instances"):
        for thing in _maps(instance, "survivors"):
            kind, id_, why = (thing.get(key) for key in ("kind", "id", "why"))
            if isinstance(kind, str) and isinstance(id_, str) and id_:
                yield kind, id_, str(why)


def _maps(holder: Any, key: str) -> list[dict[str, Any]]:
    """The maps in a list; a damaged line of a journal can hold anything else."""
    listed = holder.get(key) if isinstance(holder, dict) else None
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def find_survivors(told: Remembered, place: Place, gateway: Gateway) -> tuple[Survivor, ...]:
    """Everything that is remembered or carries the place's tags and still exists, with its price."""
    images = list(_images(told, place, gateway))
    in_images = {part for survivor in images for part in survivor.parts}
    found = [
        *_disks(told, place, gateway),
        # They go with their image, so they are not offered twice.
        *(each for each in _snapshots(told, place, gateway) if each.thing.id not in in_images),
        *images,
        *_eips(told, gateway),
        *_interfaces(told, gateway),
    ]
    priced = Prices(gateway).of(survivor.thing for survivor in found)
    return tuple(replace(survivor, thing=thing) for survivor, thing in zip(found, priced, strict=True))


def _ids(told: Remembered, kind: str) -> list[str]:
    return sorted(id_ for told_kind, id_ in told if told_kind == kind)


def _disks(told: Remembered, place: Place, gateway: Gateway) -> Iterator[Survivor]:
    by_id = {disk.disk_id: disk for disk in gateway.find_disks(_ids(told, "disk"))}
    tagged = {disk.disk_id: disk for disk in gateway.tagged_disks(place.tags)}
    for id_, disk in {**tagged, **by_id}.items():
        # A disk of a living member is no survivor.
        if id_ in by_id or not disk.instance_id:
            yield _disk(disk, told.get(("disk", id_), BY_TAG))


def _disk(disk: DiskFacts, why: str) -> Survivor:
    words = f"{disk.name or disk.kind.value}, {disk.category}, {disk.size_gib} GiB"
    thing = Thing("disk", disk.disk_id, words, why, True, category=disk.category, size_gib=disk.size_gib)
    return Survivor(thing, disk.status, disk.instance_id)


def _snapshots(told: Remembered, place: Place, gateway: Gateway) -> Iterator[Survivor]:
    both = (*gateway.tagged_snapshots(place.tags), *gateway.find_snapshots(_ids(told, "snapshot")))
    for id_, snapshot in {one.snapshot_id: one for one in both}.items():
        words = f"of disk {snapshot.disk_id}" + (f", {snapshot.name}" if snapshot.name else "")
        why = told.get(("snapshot", id_), BY_TAG)
        yield Survivor(Thing("snapshot", id_, words, why, bills=True), snapshot.status)


def _images(told: Remembered, place: Place, gateway: Gateway) -> Iterator[Survivor]:
    both = (*gateway.tagged_images(place.tags), *gateway.find_images(_ids(told, "image")))
    for id_, image in {one.image_id: one for one in both}.items():
        words = f"{image.name}, of {len(image.snapshot_ids)} snapshots"
        thing = Thing("image", id_, words, told.get(("image", id_), BY_TAG), bills=True)
        yield Survivor(thing, image.status, parts=image.snapshot_ids)


def _eips(told: Remembered, gateway: Gateway) -> Iterator[Survivor]:
    names = _ids(told, "EIP")
    for eip in gateway.leftovers.find_eips(names) if names else ():
        yield Survivor(_eip(eip, told), eip.status, eip.holder)


def _eip(eip: EipFacts, told: Remembered) -> Thing:
    why = told.get(("EIP", eip.allocation_id)) or told.get(("EIP", eip.address), "")
    return Thing("EIP", eip.allocation_id, eip.address, why, bills=True)


def _interfaces(told: Remembered, gateway: Gateway) -> Iterator[Survivor]:
    names = _ids(told, "network interface")
    for interface in gateway.interfaces(names) if names else ():
        why = told["network interface", interface.interface_id]
        thing = Thing("network interface", interface.interface_id, "ENI", why)
        status = "InUse" if interface.instance_id else AVAILABLE
        yield Survivor(thing, status, interface.instance_id)


def delete_survivors(
    chosen: tuple[Survivor, ...], gateway: Gateway, journal: Journal
) -> Iterator[tuple[Survivor, str]]:
    """Deletes each, an image before its snapshots; yields it with the error, "" where it is gone."""
    for survivor in chosen:
        try:
            _delete(survivor.thing.kind, survivor.thing.id, gateway, journal)
            for snapshot_id in survivor.parts:
                _delete("snapshot", snapshot_id, gateway, journal)
        # One that cannot go must not save the others.
        except CloudError as error:
            yield survivor, str(error)
        else:
            yield survivor, ""


def _delete(kind: str, id_: str, gateway: Gateway, journal: Journal) -> None:
    journal.write("call", action=f"delete {kind}", ids=[id_])
    try:
        request_id = gateway.leftovers.delete(kind, id_)
    # Somebody was faster, or an earlier reply was lost.
    except NotFound:
        request_id = ""
    journal.write("answer", action=f"delete {kind}", request_id=request_id)
