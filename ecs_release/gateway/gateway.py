"""The gateway: every call that this product makes, for one cloud.

Imports the gateway's own parts and the domain's facts. All methods raise CloudError; all of them
may be called from several threads.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from ecs_release.domain.facts import (
    Cloud,
    DiskFacts,
    Identity,
    ImageFacts,
    InstanceFacts,
    InterfaceFacts,
    Price,
    Quote,
    SnapshotFacts,
)
from ecs_release.gateway.backups import Backups
from ecs_release.gateway.billing import refund, refund_quote, renewals
from ecs_release.gateway.call import Caller
from ecs_release.gateway.clients import Clients
from ecs_release.gateway.disks import Disks
from ecs_release.gateway.identity import FirstContact
from ecs_release.gateway.instances import Instances
from ecs_release.gateway.leftovers import Leftovers
from ecs_release.gateway.networks import Networks
from ecs_release.gateway.rights import Probe, has_right
from ecs_release.gateway.tags import tag, untag

# The deadline of a run: beyond it the run itself gives up.
PATIENCE_SECONDS = 600.0


class Gateway:
    """The calls to one region of one account; `patience` bounds the retries of a call, in seconds."""

    def __init__(
        self,
        cloud: Cloud,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self.cloud = cloud
        # One caller for all, because the cloud's limits hold for the account and not for an object.
        self._caller = Caller(Clients(cloud), clock, sleep, patience)
        self._instances = Instances(self._caller, cloud.region)
        self._disks = Disks(self._caller, cloud.region)
        self._backups = Backups(self._caller, cloud.region)
        self._leftovers = Leftovers(self._caller, cloud.region)
        self._networks = Networks(self._caller, cloud.region)
        self._first_contact = FirstContact(self._caller)

    def identity(self) -> Identity:
        """Who is calling (GetCallerIdentity); asked once, and given up after 10 seconds."""
        return self._first_contact.identity()

    def cloud_time(self) -> datetime:
        """The cloud's own time, from its newest reply, in UTC."""
        return self._caller.cloud_time

    def find_instances(self, ids: Sequence[str]) -> tuple[InstanceFacts, ...]:
        """The instances with these ids, without their disks; unknown ids are left out."""
        return self._instances.find(ids)

    def find_group(self, group_id: str) -> tuple[InstanceFacts, ...]:
        """Every instance that carries the group id, without its disks."""
        return self._instances.find_group(group_id)

    def find_marked(self, group_id: str) -> tuple[InstanceFacts, ...]:
        """Every instance of the group that a refused destroy has marked."""
        return self._instances.find_marked(group_id)

    def search_instances(self, tags: Mapping[str, str], name: str) -> tuple[InstanceFacts, ...]:
        """Instances by tags and by a name, which may have stars, without their disks."""
        return self._instances.search(tags, name)

    def may_look(self) -> bool:
        """Whether the right to look stands, so that an empty answer can be believed."""
        return self._instances.may_look()

    def is_released(self, instance_id: str) -> bool:
        """Whether the cloud calls the id unknown by name; raises NoPermission."""
        return self._instances.is_released(instance_id)

    def disks_of(self, instance_ids: Sequence[str]) -> tuple[DiskFacts, ...]:
        """The disks attached to these instances."""
        return self._disks.of(instance_ids)

    def find_disks(self, disk_ids: Sequence[str]) -> tuple[DiskFacts, ...]:
        """The disks with these ids; unknown ids are left out."""
        return self._disks.find(disk_ids)

    def tagged_disks(self, tags: Mapping[str, str]) -> tuple[DiskFacts, ...]:
        """Every disk that carries these tags, attached or not."""
        return self._disks.tagged(tags)

    def set_disk_flags(
        self, disk_ids: Sequence[str], *, delete_with_instance: bool | None, delete_auto_snapshot: bool | None
    ) -> tuple[str, ...]:
        """Sets what happens to disks at the release; None leaves a flag. The request ids."""
        return self._disks.set_flags(disk_ids, delete_with_instance, delete_auto_snapshot)

    def release_instances(
        self, ids: Sequence[str], *, force: bool, terminate_subscription: bool, force_stop: bool = True
    ) -> str:
        """Asks for the release of up to 100 instances in one call. The request id."""
        return self._instances.release(
            ids, force=force, force_stop=force_stop, terminate_subscription=terminate_subscription
        )

    def snapshots_of(self, disks: Mapping[str, str]) -> tuple[SnapshotFacts, ...]:
        """All snapshots of disks, which are given with the instances that they are attached to."""
        return self._backups.snapshots_of(disks)

    def find_snapshots(self, snapshot_ids: Sequence[str]) -> tuple[SnapshotFacts, ...]:
        """The snapshots with these ids; unknown ids are left out."""
        return self._backups.find_snapshots(snapshot_ids)

    def tagged_snapshots(self, tags: Mapping[str, str]) -> tuple[SnapshotFacts, ...]:
        """Every snapshot that carries these tags."""
        return self._backups.tagged_snapshots(tags)

    def tagged_images(self, tags: Mapping[str, str]) -> tuple[ImageFacts, ...]:
        """Every image of the account that carries these tags."""
        return self._backups.tagged_images(tags)

    def find_images(self, image_ids: Sequence[str]) -> tuple[ImageFacts, ...]:
        """The images with these ids; unknown ids are left out."""
        return self._backups.find_images(image_ids)

    def images_of(self, instance_ids: Sequence[str]) -> tuple[ImageFacts, ...]:
        """The images that runs of ours made of these instances."""
        return self._backups.images_of(instance_ids)

    def create_snapshot(self, disk_id: str, name: str, tags: Mapping[str, str]) -> str:
        """Begins a snapshot of a disk. The request id."""
        return self._backups.create_snapshot(disk_id, name, tags)

    def create_image(self, instance_id: str, name: str, tags: Mapping[str, str]) -> str:
        """Begins an image of an instance. The request id."""
        return self._backups.create_image(instance_id, name, tags)

    def interfaces(self, interface_ids: Sequence[str]) -> tuple[InterfaceFacts, ...]:
        """The network interfaces with these ids."""
        return self._instances.interfaces(interface_ids)

    def set_protection(self, instance_id: str, on: bool) -> str:
        """Sets or lifts deletion protection. The request id."""
        return self._instances.set_protection(instance_id, on)

    def stop_instances(self, ids: Sequence[str]) -> str:
        """Stops up to 100 instances by their operating systems. The request id."""
        return self._instances.stop(ids)

    def convert_address(self, instance_id: str) -> str:
        """Makes the fixed public address an EIP. The request id."""
        return self._instances.convert_address(instance_id)

    def convert_to_pay_as_you_go(self, ids: Sequence[str]) -> str:
        """Orders the conversion of up to 20 subscriptions. The request id."""
        return self._instances.convert_to_pay_as_you_go(ids)

    def disk_price(self, category: str, size_gib: int) -> Price:
        """What a pay-as-you-go disk costs an hour."""
        return self._disks.price(category, size_gib)

    def refund_quote(self, instance_id: str) -> Quote:
        """What a refund of the subscription would pay back now."""
        return refund_quote(self._caller, instance_id)

    def refund(self, instance_id: str, *, at_once: bool) -> str:
        """Refunds a subscription: it stops and waits for its release, or goes at once. The request id."""
        return refund(self._caller, instance_id, at_once=at_once)

    def set_release_time(self, instance_id: str, when: datetime | None) -> str:
        """Sets, moves, or with None cancels the scheduled release. The request id."""
        return self._instances.set_release_time(instance_id, when)

    def renewal_states(self, ids: Sequence[str]) -> Mapping[str, str]:
        """What happens to subscriptions at their expiry: AutoRenewal, Normal or NotRenewal, by id."""
        return self._instances.renewals(ids)

    def end_renewal(self, ids: Sequence[str]) -> None:
        """Lets subscriptions run out."""
        self._instances.end_renewal(ids)

    def tag_instances(self, ids: Sequence[str], tags: Mapping[str, str]) -> None:
        """Puts tags on instances."""
        tag(self._caller, self.cloud.region, "instance", ids, tags)

    def tag_disks(self, disk_ids: Sequence[str], tags: Mapping[str, str]) -> None:
        """Puts tags on disks."""
        tag(self._caller, self.cloud.region, "disk", disk_ids, tags)

    def untag_instances(self, ids: Sequence[str], keys: Sequence[str]) -> None:
        """Takes tags off instances."""
        untag(self._caller, self.cloud.region, "instance", ids, keys)

    def renewals(self, ids: Sequence[str]) -> Mapping[str, str]:
        """How subscriptions renew, by instance id: AutoRenewal, ManualRenewal or NotRenewal."""
        return renewals(self._caller, self.cloud.region, ids)

    def has_right(self, probe: Probe, instance_id: str) -> bool | None:
        """Whether the identity has a right, None where no call without effect can tell."""
        return has_right(self._caller, self.cloud.region, probe, instance_id)

    @property
    def leftovers(self) -> Leftovers:
        """The calls about addresses, and those that delete what is left without an instance."""
        return self._leftovers

    @property
    def networks(self) -> Networks:
        """The looks at VPCs and what is in them."""
        return self._networks
