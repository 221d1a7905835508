"""Calls about snapshots and images: find them, take them.

Imports the gateway's own call, batches and mapping, and the domain's facts.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ecs_release.domain.facts import BACKUP_TAG, ImageFacts, SnapshotFacts
from ecs_release.gateway.batches import MOST_PAGES, all_pages, check_asked, first_pages, in_batches, named
from ecs_release.gateway.call import Call, Caller, request_id
from ecs_release.gateway.errors import Malformed
from ecs_release.gateway.mapping_backups import image_id_in, images_in, snapshot_id_in, snapshots_in
from ecs_release.gateway.tags import tag_list

SNAPSHOTS, IMAGES = "DescribeSnapshots", "DescribeImages"
BATCH, PAGE = 100, 100
# Up to here a call for each instance costs no more than a look at the region's snapshots.
FEW_INSTANCES = 2
SnapshotPage = Callable[[str | None], tuple[tuple[SnapshotFacts, ...], str]]


class Backups:
    """The snapshot and image calls of one region."""

    def __init__(self, caller: Caller, region: str) -> None:
        self._caller, self._region = caller, region

    def snapshots_of(self, disks: Mapping[str, str]) -> tuple[SnapshotFacts, ...]:
        """The snapshots of disks, given with their instances (DescribeSnapshots): all kinds, all states.

        Out of the region's pages where that takes no more calls than one for each instance.
        """
        instances = sorted(set(disks.values()))
        if len(instances) > FEW_INSTANCES:
            found, complete = first_pages(SNAPSHOTS, self._pages({}, "the region"), len(instances))
            if complete:
                return _of(found, disks)
        each = [self._pages({"InstanceId": instance_id}, instance_id) for instance_id in instances]
        return _of([snapshot for read in each for snapshot in all_pages(SNAPSHOTS, read)], disks)

    def find_snapshots(self, snapshot_ids: Sequence[str]) -> tuple[SnapshotFacts, ...]:
        """DescribeSnapshots by id, 100 a call; unknown ids are left out."""
        found: dict[str, SnapshotFacts] = {}
        for batch in in_batches(snapshot_ids, BATCH):
            pages = self._pages({"SnapshotIds": json.dumps(batch)}, named(batch, "snapshots"))
            listed = {one.snapshot_id: one for one in all_pages(SNAPSHOTS, pages)}
            check_asked(SNAPSHOTS, listed, batch)
            found |= listed
        return tuple(found.values())

    def tagged_snapshots(self, tags: Mapping[str, str]) -> tuple[SnapshotFacts, ...]:
        """DescribeSnapshots by tags."""
        return tuple(all_pages(SNAPSHOTS, self._pages({"Tag": tag_list(tags)}, "what carries our tags")))

    def _pages(self, filters: Mapping[str, Any], about: str) -> SnapshotPage:
        def read(token: str | None) -> tuple[tuple[SnapshotFacts, ...], str]:
            parameters = {"RegionId": self._region, **filters, "MaxResults": PAGE, "NextToken": token}
            return snapshots_in(self._caller.perform(Call(SNAPSHOTS, parameters, about)))

        return read

    def images_of(self, instance_ids: Sequence[str]) -> tuple[ImageFacts, ...]:
        """The images that a run of ours made of instances (DescribeImages by tag)."""
        found = self._own_images({"Tag": [{"Key": BACKUP_TAG}]}, "our backups")
        return tuple(image for image in found if image.backup_of in set(instance_ids))

    def tagged_images(self, tags: Mapping[str, str]) -> tuple[ImageFacts, ...]:
        """DescribeImages by tags, in all states."""
        return self._own_images({"Tag": tag_list(tags)}, "what carries our tags")

    def find_images(self, image_ids: Sequence[str]) -> tuple[ImageFacts, ...]:
        """DescribeImages by id, 100 a call; unknown ids are left out."""
        found: list[ImageFacts] = []
        for batch in in_batches(image_ids, BATCH):
            listed = self._own_images({"ImageId": ",".join(batch)}, named(batch, "images"))
            check_asked(IMAGES, (image.image_id for image in listed), batch)
            found += listed
        return tuple(found)

    def _own_images(self, filters: Mapping[str, Any], about: str) -> tuple[ImageFacts, ...]:
        """DescribeImages of the account's own, in all states."""
        found: dict[str, ImageFacts] = {}
        for number in range(1, MOST_PAGES):
            parameters = {
                "RegionId": self._region,
                "ImageOwnerAlias": "self",
                # An image that is still being made, or failed, shows only when asked for by state.
                "Status": "Creating,Waiting,Available,UnAvailable,CreateFailed",
                **filters,
                "PageNumber": number,
                "PageSize": PAGE,
            }
            page = images_in(self._caller.perform(Call(IMAGES, parameters, about)))
            before = len(found)
            found |= {image.image_id: image for image in page}
            if len(page) < PAGE:
                return tuple(found.values())
            # A full page of what was there before would come again for ever.
            if len(found) == before:
                break
        raise Malformed(
            "", f"the pages do not end: page {number} brings nothing new", "", IMAGES, about=about
        )

    def create_snapshot(self, disk_id: str, name: str, tags: Mapping[str, str]) -> str:
        """CreateSnapshot of one disk; raises Malformed without its id. The request id."""
        told = {"SnapshotName": name, "Tag": tag_list(tags)}
        parameters = {"RegionId": self._region, "DiskId": disk_id, **told}
        body = self._caller.perform(Call("CreateSnapshot", parameters, disk_id, with_token=True))
        snapshot_id_in(body)
        return request_id(body)

    def create_image(self, instance_id: str, name: str, tags: Mapping[str, str]) -> str:
        """CreateImage of an instance with all its disks; raises Malformed without its id. The request id."""
        told = {"ImageName": name, "Tag": tag_list(tags)}
        parameters = {"RegionId": self._region, "InstanceId": instance_id, **told}
        body = self._caller.perform(Call("CreateImage", parameters, instance_id, with_token=True))
        image_id_in(body)
        return request_id(body)


def _of(found: Sequence[SnapshotFacts], disks: Mapping[str, str]) -> tuple[SnapshotFacts, ...]:
    return tuple({one.snapshot_id: one for one in found if one.disk_id in disks}.values())
