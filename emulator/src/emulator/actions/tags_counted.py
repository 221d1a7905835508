"""DescribeTags (Ecs 2014-05-26), which counts who carries a tag."""

from __future__ import annotations

from collections import Counter

from emulator.actions.common import Paging, region_of, tags_of
from emulator.actions.tags import ECS_TYPES
from emulator.errors import ApiError
from emulator.registry import Call, Reply, action

_PARAMETERS = "Tag.N.Key Tag.N.Value ResourceType ResourceId PageNumber PageSize"
# The reply writes the types in its own way, and names those too that nobody here has.
_COUNTED = {
    "instance": "Instance",
    "disk": "Disk",
    "image": "Image",
    "snapshot": "Snapshot",
    "snapshotpolicy": "SnapshotPolicy",
    "securitygroup": "Securitygroup",
    "eni": "Eni",
    "keypair": "KeyPair",
    "launchtemplate": "LaunchTemplate",
    "reservedinstance": "ReservedInstance",
    "ddh": "Ddh",
    "volume": "Volume",
}


@action("Ecs", "DescribeTags", _PARAMETERS, required="RegionId", ignored="Category")
def describe_tags(call: Call) -> Reply:
    """DescribeTags: of one resource or of all, each with the number of resources that carry it."""
    paging, counts = Paging(call.parameters, 100), _counts(call)
    chosen, reply = paging.cut(enumerate(sorted(counts.items())))
    return {**reply, "Tags": {"Tag": [_row(*tag, numbers) for tag, numbers in chosen]}}


def _counts(call: Call) -> dict[tuple[str, str], Counter[str]]:
    region, wanted = region_of(call), tags_of(call.parameters)
    identifier = call.parameters.text("ResourceId")
    counts: dict[tuple[str, str], Counter[str]] = {}
    for word in _words(call):
        rows = call.world.store.owned(
            ECS_TYPES[word], call.account, region, [identifier] if identifier else None, wanted
        )
        for tag in (tag for _, resource in rows for tag in resource.tags.items()):
            if not wanted or tag[0] in wanted:
                counts.setdefault(tag, Counter())[_COUNTED[word]] += 1
    return counts


def _words(call: Call) -> list[str]:
    word = call.parameters.text("ResourceType")
    if word and word not in _COUNTED:
        raise ApiError(404, "InvalidResourceType.NotFound", f"The ResourceType {word} is not supported.")
    return [one for one in _COUNTED if one in ECS_TYPES and word in ("", one)]


def _row(key: str, value: str, numbers: Counter[str]) -> Reply:
    every = {**dict.fromkeys(_COUNTED.values(), 0), **numbers}
    return {"TagKey": key, "TagValue": value, "ResourceTypeCount": every}
