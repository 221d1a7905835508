"""Calls about disks: find them, set what happens to them.

Imports the ECS SDK (lazily) and the gateway's own call and mapping.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ecs_release.domain.facts import DiskFacts
from ecs_release.gateway.batches import in_batches
from ecs_release.gateway.call import Caller
from ecs_release.gateway.clients import Clients
from ecs_release.gateway.instances import all_pages
from ecs_release.gateway.mapping import disks_in

BATCH, PAGE = 100, 500
# Up to here a call for each instance is cheaper than reading all disks of the region.
FEW_INSTANCES = 3


class Disks:
    """The disk calls of one region."""

    def __init__(self, clients: Clients, caller: Caller, region: str) -> None:
        self._clients, self._caller, self._region = clients, caller, region

    def of(self, instance_ids: Sequence[str]) -> tuple[DiskFacts, ...]:
        """The disks attached to instances (DescribeDisks): one by one, or out of all pages."""
        if len(instance_ids) <= FEW_INSTANCES:
            return tuple(disk for id_ in instance_ids for disk in self._describe(instance_id=id_))
        wanted = set(instance_ids)
        return tuple(disk for disk in self._describe() if disk.instance_id in wanted)

    def find(self, disk_ids: Sequence[str]) -> tuple[DiskFacts, ...]:
        """DescribeDisks by id, 100 a call; unknown ids are left out."""
        found: list[DiskFacts] = []
        for batch in in_batches(disk_ids, BATCH):
            found += self._describe(disk_ids=json.dumps(batch))
        return tuple(found)

    def _describe(self, **filters: Any) -> list[DiskFacts]:
        from alibabacloud_ecs20140526.models import DescribeDisksRequest

        def page(token: str | None) -> tuple[tuple[DiskFacts, ...], str]:
            request = DescribeDisksRequest(
                region_id=self._region, max_results=PAGE, next_token=token, **filters
            )
            return disks_in(self._send("DescribeDisks", "describe_disks", request))

        return list(all_pages(page))

    def set_flags(
        self, disk_ids: Sequence[str], delete_with_instance: bool | None, delete_auto_snapshot: bool | None
    ) -> tuple[str, ...]:
        """ModifyDiskAttribute, 100 disks a call; None leaves a flag as it is. The request ids."""
        from alibabacloud_ecs20140526.models import ModifyDiskAttributeRequest

        request_ids = []
        for batch in in_batches(disk_ids, BATCH):
            request = ModifyDiskAttributeRequest(
                region_id=self._region,
                disk_ids=batch,
                delete_with_instance=delete_with_instance,
                delete_auto_snapshot=delete_auto_snapshot,
            )
            body = self._send("ModifyDiskAttribute", "modify_disk_attribute", request)
            request_ids.append(str(body["RequestId"]))
        return tuple(request_ids)

    def _send(self, action: str, method: str, request: Any) -> Mapping[str, Any]:
        return self._caller.perform(action, lambda _: getattr(self._clients.ecs, method)(request))
