"""Calls about instances: find, release, schedule, tag.

Imports the ECS SDK (lazily) and the gateway's own call and mapping.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ecs_release.domain.facts import GROUP_ID_TAG, UNRECORDED_TAG, InstanceFacts
from ecs_release.gateway.batches import in_batches
from ecs_release.gateway.call import Caller
from ecs_release.gateway.clients import Clients
from ecs_release.gateway.errors import Malformed, NoPermission, NotFound, Refused
from ecs_release.gateway.mapping import instances_in

BATCH, MOST_PAGES = 100, 50
DRY_RUN_PASSED = "DryRunOperation"
API_TIME = "%Y-%m-%dT%H:%M:00Z"
Page = Callable[[str | None], tuple[tuple[Any, ...], str]]


def all_pages(page: Page) -> Iterator[Any]:
    """Everything that a paged call gives; raises Malformed for pages without an end."""
    token: str | None = None
    for _ in range(MOST_PAGES):
        found, token = page(token)
        yield from found
        if not token:
            return
    raise Malformed("", f"the cloud's pages do not end after {MOST_PAGES}")


class Instances:
    """The instance calls of one region."""

    def __init__(self, clients: Clients, caller: Caller, region: str) -> None:
        self._clients, self._caller, self._region = clients, caller, region

    def find(self, ids: Sequence[str]) -> tuple[InstanceFacts, ...]:
        """DescribeInstances by id, 100 a call; unknown ids are left out."""
        found: list[InstanceFacts] = []
        for batch in in_batches(ids, BATCH):
            found += self._describe(instance_ids=json.dumps(batch))
        return tuple(found)

    def find_tagged(self, tags: Mapping[str, str]) -> tuple[InstanceFacts, ...]:
        """DescribeInstances by tags; an empty value matches any."""
        from alibabacloud_ecs20140526.models import DescribeInstancesRequestTag as Tag

        return tuple(self._describe(tag=[Tag(key=key, value=value or None) for key, value in tags.items()]))

    def find_group(self, group_id: str) -> tuple[InstanceFacts, ...]:
        """Everything that carries the group id."""
        return self.find_tagged({GROUP_ID_TAG: group_id})

    def find_marked(self, group_id: str) -> tuple[InstanceFacts, ...]:
        """Everything of the group that a refused destroy has marked."""
        return self.find_tagged({GROUP_ID_TAG: group_id, UNRECORDED_TAG: ""})

    def _describe(self, **filters: Any) -> list[InstanceFacts]:
        from alibabacloud_ecs20140526.models import DescribeInstancesRequest

        def page(token: str | None) -> tuple[tuple[InstanceFacts, ...], str]:
            request = DescribeInstancesRequest(
                region_id=self._region, max_results=BATCH, next_token=token, **filters
            )
            return instances_in(self._send("DescribeInstances", "describe_instances", request))

        return list(all_pages(page))

    def may_look(self) -> bool:
        """DescribeInstances with DryRun: whether an empty answer can be believed; raises CloudError."""
        from alibabacloud_ecs20140526.models import DescribeInstancesRequest

        request = DescribeInstancesRequest(region_id=self._region, dry_run=True)
        try:
            self._send("DescribeInstances", "describe_instances", request)
        except NoPermission:
            return False
        except Refused as error:
            if error.code == DRY_RUN_PASSED:
                return True
            raise
        raise Malformed("", "a dry run of DescribeInstances was answered as if it were none")

    def is_released(self, instance_id: str) -> bool:
        """DescribeInstanceAttribute: whether the cloud calls the id unknown; raises NoPermission."""
        from alibabacloud_ecs20140526.models import DescribeInstanceAttributeRequest

        request = DescribeInstanceAttributeRequest(instance_id=instance_id)
        try:
            self._send("DescribeInstanceAttribute", "describe_instance_attribute", request)
        except NotFound:
            return True
        return False

    def release(self, ids: Sequence[str], *, force: bool, terminate_subscription: bool) -> str:
        """One DeleteInstances for up to 100 ids; a 200 is a promise only. The request id."""
        from alibabacloud_ecs20140526.models import DeleteInstancesRequest

        def send(token: str) -> Any:
            request = DeleteInstancesRequest(
                region_id=self._region,
                instance_id=list(ids),
                force=force,
                # Sent for subscriptions and never for others.
                terminate_subscription=True if terminate_subscription else None,
                client_token=token,
            )
            return self._clients.ecs.delete_instances(request)

        return str(self._caller.perform("DeleteInstances", send)["RequestId"])

    def set_release_time(self, instance_id: str, when: datetime | None) -> str:
        """ModifyInstanceAutoReleaseTime: sets, moves, or with None cancels. The request id."""
        from alibabacloud_ecs20140526.models import ModifyInstanceAutoReleaseTimeRequest

        request = ModifyInstanceAutoReleaseTimeRequest(
            region_id=self._region,
            instance_id=instance_id,
            auto_release_time=when.astimezone(UTC).strftime(API_TIME) if when else None,
        )
        action = "ModifyInstanceAutoReleaseTime"
        return str(self._send(action, "modify_instance_auto_release_time", request)["RequestId"])

    def set_renewal(self, ids: Sequence[str], *, renew: bool) -> None:
        """ModifyInstanceAutoRenewAttribute: whether subscriptions renew themselves."""
        from alibabacloud_ecs20140526.models import ModifyInstanceAutoRenewAttributeRequest

        for batch in in_batches(ids, BATCH):
            request = ModifyInstanceAutoRenewAttributeRequest(
                region_id=self._region,
                instance_id=",".join(batch),
                renewal_status="AutoRenewal" if renew else "NotRenewal",
            )
            self._send("ModifyInstanceAutoRenewAttribute", "modify_instance_auto_renew_attribute", request)

    def tag(self, ids: Sequence[str], tags: Mapping[str, str]) -> None:
        """TagResources, 50 instances a call."""
        from alibabacloud_ecs20140526.models import TagResourcesRequest, TagResourcesRequestTag

        for batch in in_batches(ids, 50):
            request = TagResourcesRequest(
                region_id=self._region,
                resource_type="instance",
                resource_id=batch,
                tag=[TagResourcesRequestTag(key=key, value=value) for key, value in tags.items()],
            )
            self._send("TagResources", "tag_resources", request)

    def untag(self, ids: Sequence[str], keys: Sequence[str]) -> None:
        """UntagResources, 50 instances a call."""
        from alibabacloud_ecs20140526.models import UntagResourcesRequest

        for batch in in_batches(ids, 50):
            request = UntagResourcesRequest(
                region_id=self._region, resource_type="instance", resource_id=batch, tag_key=list(keys)
            )
            self._send("UntagResources", "untag_resources", request)

    def _send(self, action: str, method: str, request: Any) -> Mapping[str, Any]:
        return self._caller.perform(action, lambda _: getattr(self._clients.ecs, method)(request))
