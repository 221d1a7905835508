"""What billing knows about subscriptions. Imports the gateway's own call, batches and mapping."""

from collections.abc import Mapping, Sequence

from ecs_release.gateway.batches import in_batches, named
from ecs_release.gateway.call import Call, Caller
from ecs_release.gateway.clients import BSS
from ecs_release.gateway.mapping import renewals_in

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
        call = Call("QueryAvailableInstances", parameters, named(batch, "instances"), BSS)
        found |= renewals_in(caller.perform(call))
    return found
