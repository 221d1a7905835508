"""A gateway in memory: facts in, facts out, every changing call noted."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fnmatch import fnmatch

from ecs_release.domain.facts import (
    BACKUP_TAG,
    GROUP_ID_TAG,
    UNRECORDED_TAG,
    Charge,
    DiskFacts,
    EipFacts,
    Identity,
    ImageFacts,
    InstanceFacts,
    InterfaceFacts,
    Price,
    Quote,
    SnapshotFacts,
    Status,
)
from ecs_release.domain.networks import NetworkFacts
from ecs_release.gateway.rights import Probe
from tests.unit.domain.worlds import NOW


class Killed(Exception):
    """The process died: what was asked for happened, and nobody heard the answer."""


class FakeLeftovers:
    """As the gateway's calls about what is left, over the fake's own disks and snapshots."""

    def __init__(self, gateway: "FakeGateway") -> None:
        self._gateway = gateway
        self.eips: list[EipFacts] = []
        self.fails: dict[str, Exception] = {}
        self.forbidden: Exception | None = None

    def find_eips(self, names: Sequence[str]) -> tuple[EipFacts, ...]:
        if self.forbidden:
            raise self.forbidden
        return tuple(eip for eip in self.eips if {eip.address, eip.allocation_id} & set(names))

    def delete(self, kind: str, id_: str) -> str:
        if id_ in self.fails:
            raise self.fails[id_]
        self._gateway.calls.append((f"delete {kind}", (id_,)))
        return "R"


class FakeNetworks:
    """As the gateway's looks at networks."""

    def __init__(self) -> None:
        self.found: list[NetworkFacts] = []
        self.forbidden: Exception | None = None

    def all(self) -> tuple[NetworkFacts, ...]:
        if self.forbidden:
            raise self.forbidden
        return tuple(self.found)


class FakeGateway:
    """As the gateway, over the instances given; `lingers` is how many looks a release takes."""

    def __init__(self, *instances: InstanceFacts, lingers: int = 1) -> None:
        self.instances: dict[str, InstanceFacts] = {}
        self.disks: dict[str, DiskFacts] = {}
        for facts in instances:
            self.add(facts)
        self.calls: list[tuple[str, tuple[str, ...]]] = []
        self.account = "1"
        self.may_see = True
        self.failures: dict[str, list[Exception]] = {}
        self.killed_after = -1
        self.snapshots: dict[str, SnapshotFacts] = {}
        self.images: dict[str, ImageFacts] = {}
        self.ready_at: dict[str, int] = {}
        self.backups_end_as = "accomplished"
        self.quote = Quote("100.00", "CNY")
        self.renewal_of: dict[str, str] = {}
        self.refused_rights: set[str] = set()
        self.leftovers = FakeLeftovers(self)
        self.networks = FakeNetworks()
        self._looks = 0
        self._lingers, self._leaving = lingers, dict[str, int]()

    def add(self, facts: InstanceFacts) -> None:
        self.instances[facts.instance_id] = facts
        self.disks |= {disk.disk_id: disk for disk in facts.disks}

    def fail(self, method: str, *errors: Exception) -> None:
        self.failures.setdefault(method, []).extend(errors)

    def _called(self, method: str, ids: Sequence[str]) -> str:
        errors = self.failures.get(method, [])
        if errors:
            raise errors.pop(0)
        self.calls.append((method, tuple(ids)))
        return f"R-{len(self.calls)}"

    def _answer(self, request_id: str) -> str:
        if len(self.calls) == self.killed_after:
            self.killed_after = -1
            raise Killed
        return request_id

    def identity(self) -> Identity:
        return Identity(self.account, "arn", "RAMUser")

    def cloud_time(self) -> datetime:
        return NOW

    def _visible(self) -> list[InstanceFacts]:
        for instance_id in list(self._leaving):
            self._leaving[instance_id] -= 1
            if self._leaving[instance_id] < 0:
                self.instances.pop(instance_id, None)
                del self._leaving[instance_id]
        return [replace(facts, disks=()) for facts in self.instances.values()] if self.may_see else []

    def find_instances(self, ids: Sequence[str]) -> tuple[InstanceFacts, ...]:
        return tuple(facts for facts in self._visible() if facts.instance_id in ids)

    def find_group(self, group_id: str) -> tuple[InstanceFacts, ...]:
        return tuple(facts for facts in self._visible() if facts.tag(GROUP_ID_TAG) == group_id)

    def find_marked(self, group_id: str) -> tuple[InstanceFacts, ...]:
        return tuple(facts for facts in self.find_group(group_id) if facts.tag(UNRECORDED_TAG))

    def search_instances(self, tags: Mapping[str, str], name: str) -> tuple[InstanceFacts, ...]:
        found = [facts for facts in self._visible() if tags.items() <= dict(facts.tags).items()]
        return tuple(facts for facts in found if fnmatch(facts.name, name or "*"))

    def has_right(self, probe: Probe, instance_id: str) -> bool | None:
        return None if probe.parameters is None else probe.right not in self.refused_rights

    def tagged_disks(self, tags: Mapping[str, str]) -> tuple[DiskFacts, ...]:
        disks = self.disks.values()
        return tuple(disk for disk in disks if tags.items() <= dict(disk.tags).items())

    def tagged_snapshots(self, tags: Mapping[str, str]) -> tuple[SnapshotFacts, ...]:
        return ()

    def tagged_images(self, tags: Mapping[str, str]) -> tuple[ImageFacts, ...]:
        return tuple(self.images.values())

    def find_images(self, image_ids: Sequence[str]) -> tuple[ImageFacts, ...]:
        return tuple(one for id_, one in self.images.items() if id_ in image_ids)

    def tag_disks(self, disk_ids: Sequence[str], tags: Mapping[str, str]) -> None:
        for disk_id in disk_ids:
            disk = self.disks[disk_id]
            self.disks[disk_id] = replace(disk, tags=(*disk.tags, *tags.items()))
        if disk_ids:
            self.calls.append(("tag_disks", tuple(disk_ids)))

    def may_look(self) -> bool:
        return self.may_see

    def is_released(self, instance_id: str) -> bool:
        return self.may_see and instance_id not in self.instances

    def disks_of(self, instance_ids: Sequence[str]) -> tuple[DiskFacts, ...]:
        return tuple(disk for disk in self.disks.values() if disk.instance_id in instance_ids)

    def find_disks(self, disk_ids: Sequence[str]) -> tuple[DiskFacts, ...]:
        return tuple(self.disks[disk_id] for disk_id in disk_ids if disk_id in self.disks)

    def set_disk_flags(
        self, disk_ids: Sequence[str], *, delete_with_instance: bool | None, delete_auto_snapshot: bool | None
    ) -> tuple[str, ...]:
        request_id = self._called("set_disk_flags", disk_ids)
        for disk_id in disk_ids:
            disk = self.disks[disk_id]
            if delete_with_instance is not None:
                disk = replace(disk, delete_with_instance=delete_with_instance)
            if delete_auto_snapshot is not None:
                disk = replace(disk, delete_auto_snapshot=delete_auto_snapshot)
            self.disks[disk_id] = disk
        return (self._answer(request_id),)

    def snapshots_of(self, disks: Mapping[str, str]) -> tuple[SnapshotFacts, ...]:
        self._looks += 1
        for snapshot_id, made in self.snapshots.items():
            if self._looks >= self.ready_at.get(snapshot_id, 0):
                self.snapshots[snapshot_id] = replace(made, status=self.backups_end_as)
        return tuple(each for each in self.snapshots.values() if each.disk_id in disks)

    def find_snapshots(self, snapshot_ids: Sequence[str]) -> tuple[SnapshotFacts, ...]:
        return tuple(each for each in self.snapshots.values() if each.snapshot_id in snapshot_ids)

    def images_of(self, instance_ids: Sequence[str]) -> tuple[ImageFacts, ...]:
        return tuple(each for each in self.images.values() if each.backup_of in instance_ids)

    def interfaces(self, interface_ids: Sequence[str]) -> tuple[InterfaceFacts, ...]:
        return tuple(InterfaceFacts(each, "", True) for each in interface_ids)

    def create_snapshot(self, disk_id: str, name: str, tags: Mapping[str, str]) -> str:
        self._called("create_snapshot", [disk_id])
        made = SnapshotFacts(f"s-{disk_id}", disk_id, name, status="progressing", created_at=NOW)
        self.snapshots[made.snapshot_id] = replace(made, backup_of=tags[BACKUP_TAG])
        self.ready_at[made.snapshot_id] = self._looks + 2
        return made.snapshot_id

    def create_image(self, instance_id: str, name: str, tags: Mapping[str, str]) -> str:
        self._called("create_image", [instance_id])
        made = ImageFacts(f"m-{instance_id}", name, "Available", created_at=NOW, backup_of=tags[BACKUP_TAG])
        self.images[made.image_id] = made
        return made.image_id

    def set_protection(self, instance_id: str, on: bool) -> str:
        request_id = self._called("protect" if on else "lift", [instance_id])
        self.instances[instance_id] = replace(self.instances[instance_id], deletion_protection=on)
        return self._answer(request_id)

    def stop_instances(self, ids: Sequence[str]) -> str:
        request_id = self._called("stop_instances", ids)
        for instance_id in ids:
            self.instances[instance_id] = replace(self.instances[instance_id], status=Status.STOPPED)
        return self._answer(request_id)

    def convert_address(self, instance_id: str) -> str:
        request_id = self._called("convert_address", [instance_id])
        facts = self.instances[instance_id]
        changed = replace(facts, public_ips=(), eip_address=facts.public_ips[0], eip_allocation_id="eip-1")
        self.instances[instance_id] = changed
        self.leftovers.eips.append(EipFacts("eip-1", facts.public_ips[0], "InUse", instance_id))
        return self._answer(request_id)

    def convert_to_pay_as_you_go(self, ids: Sequence[str]) -> str:
        request_id = self._called("convert_to_pay_as_you_go", ids)
        for instance_id in ids:
            facts = replace(self.instances[instance_id], charge=Charge.PAY_AS_YOU_GO, expires_at=None)
            self.instances[instance_id] = facts
        return self._answer(request_id)

    def disk_price(self, category: str, size_gib: int) -> Price:
        return Price(Decimal(size_gib) / 1000, "CNY")

    def refund_quote(self, instance_id: str) -> Quote:
        return self.quote

    def refund(self, instance_id: str, *, at_once: bool) -> str:
        request_id = self._called("refund_at_once" if at_once else "refund", [instance_id])
        facts = self.instances[instance_id]
        status = Status.STOPPING if at_once else Status.STOPPED
        self.instances[instance_id] = replace(facts, status=status, locks=facts.locks | {"refunded"})
        if at_once:
            self._leaving[instance_id] = self._lingers
        return self._answer(request_id)

    def release_instances(
        self, ids: Sequence[str], *, force: bool, terminate_subscription: bool, force_stop: bool = True
    ) -> str:
        request_id = self._called("release_instances", ids)
        for instance_id in ids:
            self.instances[instance_id] = replace(self.instances[instance_id], status=Status.STOPPING)
            self._leaving[instance_id] = self._lingers
        return self._answer(request_id)

    def set_release_time(self, instance_id: str, when: datetime | None) -> str:
        request_id = self._called("set_release_time", [instance_id])
        self.instances[instance_id] = replace(self.instances[instance_id], auto_release_at=when)
        return request_id

    def renewal_states(self, ids: Sequence[str]) -> Mapping[str, str]:
        return {id_: self.renewal_of.get(id_, "Normal") for id_ in ids if id_ in self.instances}

    def end_renewal(self, ids: Sequence[str]) -> None:
        self._called("end_renewal", ids)
        self.renewal_of |= dict.fromkeys(ids, "NotRenewal")

    def tag_instances(self, ids: Sequence[str], tags: Mapping[str, str]) -> None:
        self._called("tag_instances", ids)
        for instance_id in ids:
            facts = self.instances[instance_id]
            self.instances[instance_id] = replace(facts, tags=(*facts.tags, *tags.items()))

    def untag_instances(self, ids: Sequence[str], keys: Sequence[str]) -> None:
        self._called("untag_instances", ids)
        for instance_id in ids:
            facts = self.instances[instance_id]
            kept = tuple(pair for pair in facts.tags if pair[0] not in keys)
            self.instances[instance_id] = replace(facts, tags=kept)

    def renewals(self, instance_ids: Sequence[str]) -> Mapping[str, str]:
        return dict.fromkeys(instance_ids, "AutoRenewal")
