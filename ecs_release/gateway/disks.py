"""Calls about disks: find them, set what happens to them.

Imports the gateway's own call, batches and mapping, and the domain's facts.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ecs_release.domain.facts import DiskFacts, Price
from ecs_release.gateway.batches import all_pages, check_asked, first_pages, in_batches, named
from ecs_release.gateway.call import Call, Caller, request_id
from ecs_release.gateway.errors import Malformed
from ecs_release.gateway.mapping_backups import price_in
from ecs_release.gateway.mapping_disks import disks_in
from ecs_release.gateway.tags import tag_list

ACTION = "DescribeDisks"
BATCH, PAGE = 100, 500
# Up to here a call for each instance costs no more than a look at the region's disks.
FEW_INSTANCES = 2
DiskPage = Callable[[str | None], tuple[tuple[DiskFacts, ...], str]]


class Disks:
    """The disk calls of one region."""

    def __init__(self, caller: Caller, region: str) -> None:
        self._caller, self._region = caller, region

    def of(self, instance_ids: Sequence[str]) -> tuple[DiskFacts, ...]:
        """The disks attached to instances (DescribeDisks): out of the region's pages, or one by one.

        How many pages there are is known at the end only, so the listing may take as many calls
        as there are instances; then one by one is cheaper.
        """
        if len(instance_ids) > FEW_INSTANCES:
            disks, complete = first_pages(ACTION, self._pages({}, "the region"), len(instance_ids))
            if complete:
                return _distinct(disk for disk in disks if disk.instance_id in set(instance_ids))
        return _distinct(disk for id_ in instance_ids for disk in self._attached_to(id_))

    def _attached_to(self, instance_id: str) -> list[DiskFacts]:
        disks = all_pages(ACTION, self._pages({"InstanceId": instance_id}, instance_id))
        # A disk just being attached names no instance yet, and a shared one names all of them.
        named_here = [replace(disk, instance_id=disk.instance_id or instance_id) for disk in disks]
        for disk in named_here:
            if disk.instance_id != instance_id and not disk.multi_attach:
                why = f"the reply lists {disk.disk_id:.60} with the InstanceId {disk.instance_id:.60}"
                raise Malformed("", why, "", ACTION, about=instance_id)
        return [disk for disk in named_here if disk.instance_id == instance_id]

    def find(self, disk_ids: Sequence[str]) -> tuple[DiskFacts, ...]:
        """DescribeDisks by id, 100 a call; unknown ids are left out."""
        found: dict[str, DiskFacts] = {}
        for batch in in_batches(disk_ids, BATCH):
            # A shared disk comes once for each attachment; by id it is wanted once.
            listed = all_pages(ACTION, self._pages({"DiskIds": json.dumps(batch)}, named(batch, "disks")))
            check_asked(ACTION, (disk.disk_id for disk in listed), batch)
            for disk in listed:
                found.setdefault(disk.disk_id, disk)
        return tuple(found.values())

    def tagged(self, tags: Mapping[str, str]) -> tuple[DiskFacts, ...]:
        """DescribeDisks by tags."""
        found = all_pages(ACTION, self._pages({"Tag": tag_list(tags)}, "what carries our tags"))
        return tuple({disk.disk_id: disk for disk in found}.values())

    def _pages(self, filters: Mapping[str, Any], about: str) -> DiskPage:
        def read(token: str | None) -> tuple[tuple[DiskFacts, ...], str]:
            parameters = {"RegionId": self._region, **filters, "MaxResults": PAGE, "NextToken": token}
            return disks_in(self._caller.perform(Call(ACTION, parameters, about)))

        return read

    def price(self, category: str, size_gib: int) -> Price:
        """DescribePrice of one pay-as-you-go disk for an hour."""
        parameters = {
            "RegionId": self._region,
            "ResourceType": "disk",
            "DataDisk": [{"Category": category, "Size": size_gib}],
            "PriceUnit": "Hour",
        }
        return price_in(self._caller.perform(Call("DescribePrice", parameters, f"{category} {size_gib} GiB")))

    def set_flags(
        self, disk_ids: Sequence[str], delete_with_instance: bool | None, delete_auto_snapshot: bool | None
    ) -> tuple[str, ...]:
        """ModifyDiskAttribute, 100 disks a call; None leaves a flag as it is. The request ids."""
        request_ids = []
        for batch in in_batches(disk_ids, BATCH):
            parameters = {
                "RegionId": self._region,
                "DiskIds": batch,
                "DeleteWithInstance": delete_with_instance,
                "DeleteAutoSnapshot": delete_auto_snapshot,
            }
            call = Call("ModifyDiskAttribute", parameters, named(batch, "disks"))
            request_ids.append(request_id(self._caller.perform(call)))
        return tuple(request_ids)


def _distinct(disks: Iterable[DiskFacts]) -> tuple[DiskFacts, ...]:
    return tuple({(disk.instance_id, disk.disk_id): disk for disk in disks}.values())
