"""Tags of ECS and of VPC resources (Ecs 2014-05-26, Vpc 2016-04-28)."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.actions.common import MOST_TAGS, new_tags_of, region_of, tags_of
from emulator.errors import ApiError, missing_parameter
from emulator.registry import Call, Reply, action
from emulator.resources import Disk, Instance, Interface, Resource, SecurityGroup, Vpc, VSwitch
from emulator.resources.eip import Eip
from emulator.resources.key_pair import KeyPair, key_pair_id
from emulator.resources.storage import AutoSnapshotPolicy, Image, Snapshot, SnapshotGroup

ECS_TYPES: dict[str, type[Resource]] = {
    "instance": Instance,
    "disk": Disk,
    "securitygroup": SecurityGroup,
    "eni": Interface,
    "snapshot": Snapshot,
    "snapshotgroup": SnapshotGroup,
    "snapshotpolicy": AutoSnapshotPolicy,
    "image": Image,
    "keypair": KeyPair,
}
_VPC_TYPES: dict[str, type[Resource]] = {"VPC": Vpc, "VSWITCH": VSwitch, "EIP": Eip}
_MOST_IDS = 50
_SET = "Tag.N.Key Tag.N.Value"
_REQUIRED = "RegionId ResourceType ResourceId.N"


@action("Ecs", "TagResources", _SET, required=_REQUIRED)
def tag_resources(call: Call) -> Reply:
    """TagResources: set tags on up to 50 resources; an existing key gets the new value."""
    return _tag(call, ECS_TYPES)


@action("Ecs", "UntagResources", "TagKey.N All", required=_REQUIRED)
def untag_resources(call: Call) -> Reply:
    """UntagResources: remove tags by key, or all of them."""
    return _untag(call, ECS_TYPES)


@action(
    "Ecs",
    "ListTagResources",
    f"{_SET} ResourceId.N",
    required="RegionId ResourceType",
    ignored="NextToken",
)
def list_tag_resources(call: Call) -> Reply:
    """ListTagResources: by resource ids, by tags, or both."""
    return _list(call, ECS_TYPES)


@action("Vpc", "TagResources", _SET, required=_REQUIRED)
def tag_vpc_resources(call: Call) -> Reply:
    """TagResources: the same for VPCs and vSwitches."""
    return _tag(call, _VPC_TYPES)


@action("Vpc", "UnTagResources", "TagKey.N All", required=_REQUIRED)
def untag_vpc_resources(call: Call) -> Reply:
    """UnTagResources: the same; this product spells it with a capital T."""
    return _untag(call, _VPC_TYPES)


@action(
    "Vpc",
    "ListTagResources",
    f"{_SET} ResourceId.N",
    required="RegionId ResourceType",
    ignored="NextToken MaxResults",
)
def list_vpc_tag_resources(call: Call) -> Reply:
    """ListTagResources: the same for VPCs and vSwitches."""
    return _list(call, _VPC_TYPES)


def _kind(call: Call, types: dict[str, type[Resource]]) -> type[Resource]:
    name = call.parameters.text("ResourceType")
    if name not in types:
        raise ApiError(404, "InvalidResourceType.NotFound", f"The ResourceType {name} is not supported.")
    return types[name]


def _targets(call: Call, types: dict[str, type[Resource]]) -> list[Resource]:
    region_of(call)
    kind, ids = _kind(call, types), _identifiers(call)
    if len(ids) > _MOST_IDS:
        raise ApiError(400, "InvalidParameter.ResourceIds", f"More than {_MOST_IDS} ResourceIds.")
    text = "The specified ResourceIds are not found in our records."
    return [
        call.need(kind, one, ApiError(404, "InvalidResourceId.NotFound", text)) for one in dict.fromkeys(ids)
    ]


def _identifiers(call: Call) -> list[str]:
    ids = call.parameters.items("ResourceId")
    # A key pair is tagged by its name, which is unique in its region only.
    if call.parameters.text("ResourceType") == "keypair":
        return [key_pair_id(call.account, call.region, name) for name in ids]
    return ids


def _tag(call: Call, types: dict[str, type[Resource]]) -> Reply:
    targets, tags = _targets(call, types), new_tags_of(call.parameters)
    if not tags:
        raise missing_parameter("Tag.N.Key")
    if any(len({**target.tags, **tags}) > MOST_TAGS for target in targets):
        raise ApiError(400, "InvalidTagCount", f"A resource has at most {MOST_TAGS} tags.")
    for target in targets:
        target.tags.update(tags)
        call.world.store.retag(target)
    return {}


def _untag(call: Call, types: dict[str, type[Resource]]) -> Reply:
    targets, keys = _targets(call, types), call.parameters.items("TagKey")
    # Keys that are named win over All, as the page says.
    everything = call.parameters.flag("All") and not keys
    for target in targets:
        target.tags = (
            {} if everything else {key: value for key, value in target.tags.items() if key not in keys}
        )
        call.world.store.retag(target)
    return {}


def _list(call: Call, types: dict[str, type[Resource]]) -> Reply:
    kind, ids = _kind(call, types), _identifiers(call) or None
    tags = tags_of(call.parameters)
    if ids is None and not tags:
        raise missing_parameter("ResourceId.N or Tag.N")
    rows = call.world.store.owned(kind, call.account, region_of(call), ids, tags)
    found = [row for _, resource in rows for row in _rows(call, resource, set(tags))]
    return {"NextToken": "", "TagResources": {"TagResource": found}}


def _rows(call: Call, resource: Resource, keys: set[str]) -> Iterator[dict[str, str]]:
    name = call.parameters.text("ResourceType")
    for key, value in resource.tags.items():
        if not keys or key in keys:
            yield {"ResourceType": name, "ResourceId": resource.id, "TagKey": key, "TagValue": value}
