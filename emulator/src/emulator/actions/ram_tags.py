"""Tags of roles and policies (Ram 2015-05-01)."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.actions.common import MOST_TAGS, from_token, to_token
from emulator.actions.ram_common import fault, names_in, tagged, wrong
from emulator.errors import ApiError, missing_parameter
from emulator.registry import Call, Reply, action
from emulator.resources.ram import RamPolicy, RamRole
from emulator.rules.directory import named

_KINDS: dict[str, type[RamRole] | type[RamPolicy]] = {"role": RamRole, "policy": RamPolicy}
_TAGS = "Tag Tag.N.Key Tag.N.Value"
_NAMES = "ResourceNames ResourceNames.N"
_MOST_NAMES = 50


@action("Ram", "TagResources", f"{_TAGS} {_NAMES}", required="ResourceType")
def tag_ram_resources(call: Call) -> Reply:
    """TagResources: set tags on roles or policies; an existing key gets the new value."""
    targets, tags = _targets(call), tagged(call.parameters, new=True)
    if not tags:
        raise missing_parameter("Tag")
    if any(len({**target.tags, **tags}) > MOST_TAGS for target in targets):
        raise ApiError(400, "InvalidTagCount", f"A resource has at most {MOST_TAGS} tags.")
    for target in targets:
        target.tags.update(tags)
        call.world.store.retag(target)
    return {}


@action("Ram", "UntagResources", f"TagKeys TagKeys.N TagKey.N All {_NAMES}", required="ResourceType")
def untag_ram_resources(call: Call) -> Reply:
    """UntagResources: remove tags by key, or all of them."""
    targets = _targets(call)
    # The stock provider writes the keys in two ways at once.
    keys = [*names_in(call.parameters, "TagKeys"), *call.parameters.items("TagKey")]
    everything = call.parameters.flag("All") and not keys
    for target in targets:
        left = {} if everything else {key: one for key, one in target.tags.items() if key not in keys}
        target.tags = left
        call.world.store.retag(target)
    return {}


@action("Ram", "ListTagResources", f"{_TAGS} {_NAMES} NextToken PageSize", required="ResourceType")
def list_ram_tag_resources(call: Call) -> Reply:
    """ListTagResources: the tags of roles or policies, as a flat list."""
    size = call.parameters.number("PageSize", 100, 1, 100)
    after = from_token(call.parameters.text("NextToken"))
    rows = list(_rows(call))[after : after + size + 1]
    token = to_token(after + size) if len(rows) > size else ""
    return {"NextToken": token, "TagResources": rows[:size]}


def _kind(call: Call) -> type[RamRole] | type[RamPolicy]:
    error = wrong("ResourceType", "", "is incorrect")
    return _KINDS[call.parameters.choice("ResourceType", "", tuple(_KINDS), error)]


def _targets(call: Call) -> list[RamRole | RamPolicy]:
    kind, names = _kind(call), list(dict.fromkeys(names_in(call.parameters, "ResourceNames")))
    if not names:
        raise missing_parameter("ResourceNames")
    if len(names) > _MOST_NAMES:
        raise wrong("ResourceNames", "", f"has more than {_MOST_NAMES} names")
    found = [named(call.world, kind, call.account, name) for name in names]
    if None in found:
        raise fault("EntityNotExist", "Role" if kind is RamRole else "Policy")
    return [one for one in found if one is not None]


def _rows(call: Call) -> Iterator[dict[str, str]]:
    kind, wanted = _kind(call), tagged(call.parameters)
    names = names_in(call.parameters, "ResourceNames")
    for _, one in call.world.store.owned(kind, call.account, tags=wanted):
        name = one.role_name if isinstance(one, RamRole) else one.policy_name
        if names and name not in names:
            continue
        for key, value in one.tags.items():
            if not wanted or key in wanted:
                row = {"ResourceType": call.parameters.text("ResourceType"), "ResourceName": name}
                yield {**row, "TagKey": key, "TagValue": value}
