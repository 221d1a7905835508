"""Tags as requests have them, and the calls that put them on and take them off.

Imports the gateway's own call and batches.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ecs_release.gateway.batches import in_batches, named
from ecs_release.gateway.call import Call, Caller

BATCH = 50


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as a request has them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tag(caller: Caller, region: str, kind: str, ids: Sequence[str], tags: Mapping[str, str]) -> None:
    """TagResources, 50 things of one kind a call."""
    _each_batch(caller, region, "TagResources", kind, ids, {"Tag": tag_list(tags)})


def untag(caller: Caller, region: str, kind: str, ids: Sequence[str], keys: Sequence[str]) -> None:
    """UntagResources, 50 things of one kind a call."""
    _each_batch(caller, region, "UntagResources", kind, ids, {"TagKey": list(keys)})


def _each_batch(
    caller: Caller, region: str, action: str, kind: str, ids: Sequence[str], parameters: Mapping[str, Any]
) -> None:
    for batch in in_batches(ids, BATCH):
        told = {"RegionId": region, **parameters, "ResourceType": kind, "ResourceId": batch}
        caller.perform(Call(action, told, named(batch, f"{kind}s")))
