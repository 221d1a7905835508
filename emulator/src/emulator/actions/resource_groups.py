"""Resource groups: every account has the default one (ResourceManager 2020-03-31)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from emulator.actions.common import Paging
from emulator.errors import ApiError
from emulator.registry import Call, Reply, action

_CREATED = "2020-01-01T00:00:00+08:00"
_FILTERS = "Status Name DisplayName ResourceGroupId ResourceGroupIds.N"
_INERT = "IncludeTags Tag.N.Key Tag.N.Value"


@action("ResourceManager", "ListResourceGroups", f"PageNumber PageSize {_FILTERS}", ignored=_INERT)
def list_resource_groups(call: Call) -> Reply:
    """ListResourceGroups: the default group, if the filters let it pass."""
    groups, fields = Paging(call.parameters, 100).cut(enumerate(_wanted(call)))
    return {**fields, "ResourceGroups": {"ResourceGroup": groups}}


@action("ResourceManager", "GetResourceGroup", required="ResourceGroupId", ignored="IncludeTags")
def get_resource_group(call: Call) -> Reply:
    """GetResourceGroup: one group, or 404."""
    group = _default(call.account)
    if call.parameters.text("ResourceGroupId") != group["Id"]:
        raise ApiError(404, "EntityNotExists.ResourceGroup", "The resource group does not exist.")
    place = call.region or "cn-hangzhou"
    return {
        "ResourceGroup": {
            **group,
            "RegionStatuses": {"RegionStatus": [{"RegionId": place, "Status": "OK"}]},
        }
    }


def _default(account: str) -> dict[str, Any]:
    letters = hashlib.sha256(account.encode()).hexdigest()[:15]
    return {
        "Id": f"rg-{letters}",
        "Name": "default",
        "DisplayName": "default resource group",
        "AccountId": account,
        "Status": "OK",
        "CreateDate": _CREATED,
        "Tags": {"Tag": []},
    }


def _wanted(call: Call) -> Iterator[dict[str, Any]]:
    group, parameters = _default(call.account), call.parameters
    single = [parameters.text("ResourceGroupId")] if parameters.given("ResourceGroupId") else []
    # The list wins over the single id, as the page says.
    ids = parameters.items("ResourceGroupIds") or single
    fuzzy = all(parameters.text(name) in group[name] for name in ("Name", "DisplayName"))
    status = parameters.text("Status", "OK") == "OK"
    if fuzzy and status and not parameters.groups("Tag") and (not ids or group["Id"] in ids):
        yield group
