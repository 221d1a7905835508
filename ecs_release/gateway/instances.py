"""Calls about instances: find, release, schedule.

Imports the gateway's own call, batches and mapping, and the domain's facts.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ecs_release.domain.facts import GROUP_ID_TAG, UNRECORDED_TAG, InstanceFacts, InterfaceFacts
from ecs_release.gateway.batches import all_pages, check_asked, in_batches, named
from ecs_release.gateway.call import Call, Caller, request_id
from ecs_release.gateway.errors import Malformed, NoPermission, NotFound, Refused
from ecs_release.gateway.mapping import attribute_in, instances_in
from ecs_release.gateway.mapping_backups import interfaces_in, renewal_states_in
from ecs_release.gateway.tags import tag_list
from ecs_release.gateway.translate import Body

BATCH = 100
DRY_RUN_PASSED, GONE = "DryRunOperation", "InvalidInstanceId.NotFound"
NO_RIGHT = ("Forbidden", "NoPermission")
API_TIME = "%Y-%m-%dT%H:%M:00Z"


class Instances:
    """The instance calls of one region."""

    def __init__(self, caller: Caller, region: str) -> None:
        self._caller, self._region = caller, region

    def find(self, ids: Sequence[str]) -> tuple[InstanceFacts, ...]:
        """DescribeInstances by id, 100 a call; unknown ids are left out."""
        found: dict[str, InstanceFacts] = {}
        for batch in in_batches(ids, BATCH):
            listed = self._describe({"InstanceIds": json.dumps(batch)}, named(batch, "instances"))
            check_asked("DescribeInstances", listed, batch)
            found |= listed
        return tuple(found.values())

    def find_group(self, group_id: str) -> tuple[InstanceFacts, ...]:
        """DescribeInstances by the group id's tag."""
        tags = {GROUP_ID_TAG: group_id}
        return self._carrying(tags, self._describe({"Tag": tag_list(tags)}, f"group {group_id}"))

    def search(self, tags: Mapping[str, str], name: str) -> tuple[InstanceFacts, ...]:
        """DescribeInstances by tags and a name, which may have stars; "" for any name."""
        filters = {
            "Tag": tag_list(tags) or None,
            "InstanceName": name or None,
        }
        return self._carrying(tags, self._describe(filters, "a search"))

    def find_marked(self, group_id: str) -> tuple[InstanceFacts, ...]:
        """DescribeInstances by the group id's tag and the mark of a refused destroy, whatever its value."""
        tags = [*tag_list({GROUP_ID_TAG: group_id}), {"Key": UNRECORDED_TAG}]
        return tuple(self._describe({"Tag": tags}, f"group {group_id}").values())

    def _carrying(
        self, tags: Mapping[str, str], found: Mapping[str, InstanceFacts]
    ) -> tuple[InstanceFacts, ...]:
        for facts in found.values():
            # Its own tags decide whose it is, so one listed without them would be overlooked.
            if not tags.items() <= dict(facts.tags).items():
                why = f"the reply lists {facts.instance_id:.60}, which does not carry the tags asked for"
                raise Malformed("", why, "", "DescribeInstances")
        return tuple(found.values())

    def _describe(self, filters: Mapping[str, Any], about: str) -> dict[str, InstanceFacts]:
        def read(token: str | None) -> tuple[tuple[InstanceFacts, ...], str]:
            parameters = {**filters, "MaxResults": BATCH, "NextToken": token}
            return instances_in(self._send("DescribeInstances", parameters, about))

        return {facts.instance_id: facts for facts in all_pages("DescribeInstances", read)}

    def may_look(self) -> bool:
        """DescribeInstances with DryRun: whether an empty answer can be believed; raises CloudError."""
        try:
            self._send("DescribeInstances", {"DryRun": True})
        except Refused as error:
            if error.code == DRY_RUN_PASSED:
                return True
            # A bad key is no missing right: it proves nothing about the empty answer.
            if isinstance(error, NoPermission) and error.code.startswith(NO_RIGHT):
                return False
            raise
        raise Malformed("", "a dry run was answered as if it were none", "", "DescribeInstances")

    def is_released(self, instance_id: str) -> bool:
        """DescribeInstanceAttribute: whether the id is unknown, by its own 404; raises NoPermission."""
        action = "DescribeInstanceAttribute"
        try:
            body = self._caller.perform(Call(action, {"InstanceId": instance_id}, instance_id))
        except NotFound as error:
            if error.code == GONE and error.status == 404:
                return True
            raise
        # A cache or proxy that answers for another id must not prove life or death.
        if (other := attribute_in(body)) != instance_id:
            raise Malformed("", f"the reply has the InstanceId {other:.60}", "", action, about=instance_id)
        return False

    def release(
        self, ids: Sequence[str], *, force: bool, terminate_subscription: bool, force_stop: bool = True
    ) -> str:
        """One DeleteInstances for up to 100 ids; a 200 is a promise only. The request id."""
        parameters = {
            "RegionId": self._region,
            "InstanceId": list(ids),
            "Force": force,
            # The API's own default is the hard stop; only a graceful one has to be said.
            "ForceStop": None if force_stop else False,
            # Sent for subscriptions and never for others.
            "TerminateSubscription": True if terminate_subscription else None,
        }
        call = Call("DeleteInstances", parameters, named(ids, "instances"), with_token=True)
        return request_id(self._caller.perform(call))

    def set_release_time(self, instance_id: str, when: datetime | None) -> str:
        """ModifyInstanceAutoReleaseTime: sets, moves, or with None cancels. The request id."""
        if when and when.tzinfo is None:
            raise ValueError(f"the release time {when} of {instance_id} has no zone")
        time = when.astimezone(UTC).strftime(API_TIME) if when else None
        parameters = {"InstanceId": instance_id, "AutoReleaseTime": time}
        return request_id(self._send("ModifyInstanceAutoReleaseTime", parameters, instance_id))

    def renewals(self, ids: Sequence[str]) -> Mapping[str, str]:
        """DescribeInstanceAutoRenewAttribute: RenewalStatus by instance id, 100 a call."""
        found: dict[str, str] = {}
        for batch in in_batches(ids, BATCH):
            parameters = {"InstanceId": ",".join(batch), "PageNumber": "1", "PageSize": str(BATCH)}
            action = "DescribeInstanceAutoRenewAttribute"
            states = renewal_states_in(self._send(action, parameters, named(batch, "instances")))
            check_asked(action, states, batch, all_of_them=True)
            found |= states
        return found

    def end_renewal(self, ids: Sequence[str]) -> None:
        """ModifyInstanceAutoRenewAttribute: subscriptions run out and nobody is reminded, 100 a call."""
        for batch in in_batches(ids, BATCH):
            parameters = {"InstanceId": ",".join(batch), "RenewalStatus": "NotRenewal"}
            self._send("ModifyInstanceAutoRenewAttribute", parameters, named(batch, "instances"))

    def set_protection(self, instance_id: str, on: bool) -> str:
        """ModifyInstanceAttribute: deletion protection on or off. The request id."""
        # The API has no region parameter here, and refuses what it does not know.
        parameters = {"InstanceId": instance_id, "DeletionProtection": on}
        return request_id(self._caller.perform(Call("ModifyInstanceAttribute", parameters, instance_id)))

    def stop(self, ids: Sequence[str]) -> str:
        """StopInstances by the operating system, billing as before so that nothing is given back."""
        parameters = {"InstanceId": list(ids), "ForceStop": False, "StoppedMode": "KeepCharging"}
        return request_id(self._send("StopInstances", parameters, named(ids, "instances")))

    def convert_address(self, instance_id: str) -> str:
        """ConvertNatPublicIpToEip: the fixed address becomes an EIP, whose id the instance shows then."""
        return request_id(self._send("ConvertNatPublicIpToEip", {"InstanceId": instance_id}, instance_id))

    def convert_to_pay_as_you_go(self, ids: Sequence[str]) -> str:
        """ModifyInstanceChargeType for up to 20 subscriptions with their disks. The request id."""
        parameters = {
            "RegionId": self._region,
            "InstanceIds": json.dumps(list(ids)),
            "InstanceChargeType": "PostPaid",
            "IncludeDataDisks": True,
            "AutoPay": True,
        }
        call = Call("ModifyInstanceChargeType", parameters, named(ids, "instances"), with_token=True)
        return request_id(self._caller.perform(call))

    def interfaces(self, interface_ids: Sequence[str]) -> tuple[InterfaceFacts, ...]:
        """DescribeNetworkInterfaces by id, 100 a call; unknown ids are left out."""
        found: dict[str, InterfaceFacts] = {}
        for batch in in_batches(interface_ids, BATCH):
            parameters = {"NetworkInterfaceId": batch, "PageNumber": 1, "PageSize": BATCH}
            body = self._send("DescribeNetworkInterfaces", parameters, named(batch, "network interfaces"))
            listed = {facts.interface_id: facts for facts in interfaces_in(body)}
            check_asked("DescribeNetworkInterfaces", listed, batch)
            found |= listed
        return tuple(found.values())

    def _send(self, action: str, parameters: Mapping[str, Any], about: str = "") -> Body:
        return self._caller.perform(Call(action, {"RegionId": self._region, **parameters}, about))
