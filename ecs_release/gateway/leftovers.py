"""Calls about what earlier releases left: find it by id or by our tags, delete it.

Imports the gateway's own call, batches and mapping, and the domain's facts.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ecs_release.domain.facts import DiskFacts, EipFacts, ImageFacts, SnapshotFacts
from ecs_release.gateway.backups import own_images, tag_list
from ecs_release.gateway.batches import all_pages, in_batches, named
from ecs_release.gateway.call import Call, Caller, request_id
from ecs_release.gateway.clients import ECS, VPC, Product
from ecs_release.gateway.mapping_backups import eips_in, snapshots_in
from ecs_release.gateway.mapping_disks import disks_in

PAGE, TAG_BATCH, EIP_BATCH = 100, 50, 50
# Of each kind: the product, the action that deletes it, and the parameter that names it.
DELETIONS: dict[str, tuple[Product, str, str]] = {
    "disk": (ECS, "DeleteDisk", "DiskId"),
    "snapshot": (ECS, "DeleteSnapshot", "SnapshotId"),
    "image": (ECS, "DeleteImage", "ImageId"),
    "network interface": (ECS, "DeleteNetworkInterface", "NetworkInterfaceId"),
    "EIP": (VPC, "ReleaseEipAddress", "AllocationId"),
}


class Leftovers:
    """The calls about disks, snapshots, images and addresses without an instance, in one region."""

    def __init__(self, caller: Caller, region: str) -> None:
        self._caller, self._region = caller, region

    def tagged_disks(self, tags: Mapping[str, str]) -> tuple[DiskFacts, ...]:
        """DescribeDisks by tags."""

        def read(token: str | None) -> tuple[tuple[DiskFacts, ...], str]:
            return disks_in(self._list("DescribeDisks", tags, token))

        return tuple({disk.disk_id: disk for disk in all_pages(read)}.values())

    def tagged_snapshots(self, tags: Mapping[str, str]) -> tuple[SnapshotFacts, ...]:
        """DescribeSnapshots by tags."""

        def read(token: str | None) -> tuple[tuple[SnapshotFacts, ...], str]:
            return snapshots_in(self._list("DescribeSnapshots", tags, token))

        return tuple(all_pages(read))

    def _list(self, action: str, tags: Mapping[str, str], token: str | None) -> Mapping[str, Any]:
        told = {"RegionId": self._region, "Tag": tag_list(tags), "MaxResults": PAGE, "NextToken": token}
        return self._caller.perform(Call(action, told, "what carries our tags"))

    def tagged_images(self, tags: Mapping[str, str]) -> tuple[ImageFacts, ...]:
        """DescribeImages by tags, in all states."""
        return own_images(self._caller, self._region, {"Tag": tag_list(tags)}, "what carries our tags")

    def find_images(self, image_ids: Sequence[str]) -> tuple[ImageFacts, ...]:
        """DescribeImages by id, 100 a call; unknown ids are left out."""
        return tuple(
            image
            for batch in in_batches(image_ids, PAGE)
            for image in own_images(
                self._caller, self._region, {"ImageId": ",".join(batch)}, named(batch, "images")
            )
        )

    def find_eips(self, names: Sequence[str]) -> tuple[EipFacts, ...]:
        """DescribeEipAddresses by allocation ids or addresses, 50 a call; unknown ones are left out."""
        ids = [name for name in names if not _is_address(name)]
        addresses = [name for name in names if _is_address(name)]
        found = [*self._eips("AllocationId", ids), *self._eips("EipAddress", addresses)]
        return tuple({eip.allocation_id: eip for eip in found}.values())

    def _eips(self, key: str, names: Sequence[str]) -> list[EipFacts]:
        found: list[EipFacts] = []
        for batch in in_batches(names, EIP_BATCH):
            told = {"RegionId": self._region, key: ",".join(batch), "PageNumber": 1, "PageSize": EIP_BATCH}
            call = Call("DescribeEipAddresses", told, named(batch, "addresses"), VPC)
            found += eips_in(self._caller.perform(call))
        return found

    def delete(self, kind: str, id_: str) -> str:
        """Deletes one thing of a kind that is in DELETIONS. The request id."""
        product, action, parameter = DELETIONS[kind]
        told: dict[str, Any] = {parameter: id_}
        # The API has no region for these two, and refuses what it does not know.
        if action not in ("DeleteDisk", "DeleteSnapshot"):
            told["RegionId"] = self._region
        return request_id(self._caller.perform(Call(action, told, id_, product)))

    def tag_disks(self, disk_ids: Sequence[str], tags: Mapping[str, str]) -> None:
        """TagResources, 50 disks a call."""
        for batch in in_batches(disk_ids, TAG_BATCH):
            told = {
                "RegionId": self._region,
                "ResourceType": "disk",
                "ResourceId": batch,
                "Tag": tag_list(tags),
            }
            self._caller.perform(Call("TagResources", told, named(batch, "disks")))


def _is_address(name: str) -> bool:
    return not name.startswith("eip-")
