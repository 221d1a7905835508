"""Deployment sets (Ecs 2014-05-26)."""

from __future__ import annotations

from emulator.actions.common import Paging, region_of
from emulator.errors import ApiError
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources import Instance
from emulator.resources.key_pair import DeploymentSet
from emulator.world import new_id

_TEXTS = "DeploymentSetName Description"
_CREATE_INERT = "GroupCount OnUnableToRedeployFailedInstance Affinity"


@action(
    "Ecs",
    "CreateDeploymentSet",
    f"{_TEXTS} Strategy Domain Granularity",
    required="RegionId",
    ignored=_CREATE_INERT,
)
@idempotent
def create_deployment_set(call: Call) -> Reply:
    """CreateDeploymentSet: empty; instances join when they are created."""
    parameters = call.parameters
    made = DeploymentSet(
        id=new_id("ds"),
        account_id=call.account,
        region_id=region_of(call),
        created_at=call.world.now,
        deployment_set_name=parameters.text("DeploymentSetName"),
        deployment_set_description=parameters.text("Description"),
        strategy=parameters.choice(
            "Strategy", "Availability", ("Availability", "AvailabilityGroup", "LowLatency")
        ),
        domain=parameters.text("Domain", "default"),
        granularity=parameters.text("Granularity", "host"),
    )
    call.world.store.add(made)
    return {"DeploymentSetId": made.id}


@action(
    "Ecs",
    "DescribeDeploymentSets",
    "DeploymentSetIds DeploymentSetName Strategy PageNumber PageSize",
    required="RegionId",
    ignored="NetworkType Domain Granularity",
)
def describe_deployment_sets(call: Call) -> Reply:
    """DescribeDeploymentSets: each with the ids of its instances."""
    parameters = call.parameters
    ids = parameters.json_list("DeploymentSetIds", 100)
    rows = call.world.store.owned(DeploymentSet, call.account, region_of(call), ids)
    name = parameters.text("DeploymentSetName")
    chosen, reply = Paging(parameters, 50).cut(
        (seq, row)
        for seq, row in rows
        if name in ("", row.deployment_set_name) and parameters.text("Strategy") in ("", row.strategy)
    )
    shown = [{**row.view(), **_members(call, row)} for row in chosen]
    return {**reply, "DeploymentSets": {"DeploymentSet": shown}}


def _members(call: Call, row: DeploymentSet) -> Reply:
    instances = call.world.store.owned(Instance, call.account, row.region_id)
    ids = [instance.id for _, instance in instances if instance.deployment_set_id == row.id]
    return {"InstanceAmount": len(ids), "InstanceIds": {"InstanceId": ids}}


@action("Ecs", "ModifyDeploymentSetAttribute", _TEXTS, required="RegionId DeploymentSetId")
def modify_deployment_set_attribute(call: Call) -> Reply:
    """ModifyDeploymentSetAttribute: name and description."""
    found = _set(call)
    found.deployment_set_name = call.parameters.text("DeploymentSetName", found.deployment_set_name)
    found.deployment_set_description = call.parameters.text("Description", found.deployment_set_description)
    call.world.store.put(found)
    return {}


@action("Ecs", "DeleteDeploymentSet", "", required="RegionId DeploymentSetId")
def delete_deployment_set(call: Call) -> Reply:
    """DeleteDeploymentSet: only an empty one."""
    found = _set(call)
    if _members(call, found)["InstanceAmount"]:
        raise ApiError(403, "DependencyViolation.Instance", f"The set {found.id} still has instances.")
    call.world.store.remove(found)
    return {}


def _set(call: Call) -> DeploymentSet:
    identifier = call.parameters.text("DeploymentSetId")
    text = f"The specified DeploymentSetId {identifier} does not exist."
    return call.need(DeploymentSet, identifier, ApiError(404, "InvalidDeploymentSetId.NotFound", text))
