"""What billing knows about subscriptions. Imports the gateway's own call, batches and mapping."""

from collections.abc import Mapping, Sequence

from ecs_release.domain.facts import Quote
from ecs_release.gateway.batches import check_asked, in_batches, named
from ecs_release.gateway.call import Call, Caller, request_id
from ecs_release.gateway.mapping import renewals_in
from ecs_release.gateway.mapping_backups import quote_in

BATCH = 100


def renewals(caller: Caller, region: str, ids: Sequence[str]) -> Mapping[str, str]:
    """QueryAvailableInstances: RenewStatus by instance id, 100 a call; unknown ids are left out."""
    # Its pages hold a hundred, so a batch never needs a second one.
    found: dict[str, str] = {}
    for batch in in_batches(ids, BATCH):
        parameters = {
            "Region": region,
            "ProductCode": "ecs",
            "InstanceIDs": ",".join(batch),
            "PageNum": 1,
            "PageSize": BATCH,
        }
        call = Call("QueryAvailableInstances", parameters, named(batch, "instances"))
        states = renewals_in(caller.perform(call))
        check_asked(call.action, states, batch)
        found |= states
    return found


def _refund_parameters(instance_id: str) -> dict[str, str]:
    # The type has to be there and empty, unlike every other parameter of this API.
    return {"InstanceId": instance_id, "ProductCode": "ecs", "ProductType": ""}


def refund_quote(caller: Caller, instance_id: str) -> Quote:
    """InquiryPriceRefundInstance: what a refund would pay back now."""
    call = Call("InquiryPriceRefundInstance", _refund_parameters(instance_id), instance_id)
    return quote_in(caller.perform(call))


def refund(caller: Caller, instance_id: str, *, at_once: bool) -> str:
    """RefundInstance: stop first and wait for a release, or release at once. The request id."""
    parameters = {**_refund_parameters(instance_id), "ImmediatelyRelease": "1" if at_once else "0"}
    call = Call("RefundInstance", parameters, instance_id, with_token=True)
    return request_id(caller.perform(call))
