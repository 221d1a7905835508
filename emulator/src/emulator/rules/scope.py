"""Which RAM action a call is, and which resources and circumstances it is judged by.

Imports access, the registry's call and world.
"""

from __future__ import annotations

from collections.abc import Iterator

from emulator import times
from emulator.access.policy import Asked
from emulator.parameters import Parameters
from emulator.registry import Call
from emulator.untrusted import from_json

# The billing product's actions, which may be granted by these older names as well.
_BILLING = {
    "RefundInstance": "bss:RefundBatchRemainRefund",
    "InquiryPriceRefundInstance": "bss:RefundQueryRemainAmount",
    "QueryAvailableInstances": "bss:DescribeInstances",
    "QueryInstanceBill": "bss:DescribeBillList",
}
# By the last word of a parameter's name, which some actions write with a small letter.
_IDS = {
    "instanceid": "ecs instance",
    "instanceids": "ecs instance",
    "diskid": "ecs disk",
    "diskids": "ecs disk",
    "excludediskid": "ecs disk",
    "snapshotid": "ecs snapshot",
    "snapshotids": "ecs snapshot",
    "snapshotgroupid": "ecs snapshotgroup",
    "autosnapshotpolicyid": "ecs snapshotpolicy",
    "imageid": "ecs image",
    "securitygroupid": "ecs securitygroup",
    "securitygroupids": "ecs securitygroup",
    "networkinterfaceid": "ecs eni",
    "keypairname": "ecs keypair",
    "keypairnames": "ecs keypair",
    "launchtemplateid": "ecs launchtemplate",
    "vpcid": "vpc vpc",
    "vswitchid": "vpc vswitch",
    "routetableid": "vpc routetable",
    "allocationid": "vpc eip",
}
_NAMES = {
    "UserName": "user",
    "GroupName": "group",
    "RoleName": "role",
    "PolicyName": "policy",
}
# Calls that list one kind: other ids in them are filters, and without ids all of the kind is asked for.
_LISTS = {
    "DescribeInstances": "ecs instance",
    "DescribeDisks": "ecs disk",
    "DescribeSnapshots": "ecs snapshot",
    "DescribeSnapshotGroups": "ecs snapshotgroup",
    "DescribeAutoSnapshotPolicyEx": "ecs snapshotpolicy",
    "DescribeImages": "ecs image",
    "DescribeSecurityGroups": "ecs securitygroup",
    "DescribeNetworkInterfaces": "ecs eni",
    "DescribeKeyPairs": "ecs keypair",
    "DescribeLaunchTemplates": "ecs launchtemplate",
    "DescribeVpcs": "vpc vpc",
    "DescribeVSwitches": "vpc vswitch",
    "DescribeEipAddresses": "vpc eip",
    "DescribeRouteTableList": "vpc routetable",
}
# What does not exist yet has no id: all of its kind is asked for, beside what it is made of.
_MAKES = {
    "RunInstances": "ecs instance",
    "CreateDisk": "ecs disk",
    "CreateSnapshot": "ecs snapshot",
    "CreateImage": "ecs image",
    "CreateSecurityGroup": "ecs securitygroup",
    "CreateNetworkInterface": "ecs eni",
    "CreateVpc": "vpc vpc",
    "CreateVSwitch": "vpc vswitch",
}
_PASSES = frozenset({"RunInstances", "AttachInstanceRamRole"})
_NETWORK = frozenset({"vpc", "vswitch", "eip", "routetable"})
_PLACE = "SELECT region FROM resources WHERE id = ? AND account = ?"
_TAGS = "SELECT tags.key, tags.value FROM tags JOIN resources USING (id) WHERE id = ? AND account = ?"


def asked_by(call: Call, product: str) -> list[Asked]:
    """Return what must be allowed for a call, one entry for each resource it names."""
    actions, common = names_of(product, call.action), circumstances(call)
    found = list(dict.fromkeys(_resources(call, product)))
    asked = [Asked(actions, arn, {**common, **_tags(call, name)}) for arn, name in found or [("*", "")]]
    # Who gives an instance a role gives what the role may, and has to be allowed to.
    if product == "Ecs" and call.action in _PASSES and call.parameters.given("RamRoleName"):
        role = f"acs:ram::{call.account}:role/{call.parameters.text('RamRoleName')}"
        asked.append(Asked(("ram:PassRole",), role, common))
    return asked


def names_of(product: str, action: str) -> tuple[str, ...]:
    """Return the names under which policies may speak of an action."""
    # What IMS keeps is granted by RAM's name.
    if product == "Ims":
        return (f"ram:{action}",)
    if product != "BssOpenApi":
        return (f"{product.lower()}:{action}",)
    return (f"bssapi:{action}", _BILLING.get(action, f"bss:{action}"))


def circumstances(call: Call) -> dict[str, str]:
    """Return what conditions can ask about the call itself; the keys are in small letters."""
    found = {
        "acs:sourceip": call.source_ip,
        "acs:securetransport": str(call.secure).lower(),
        "acs:mfapresent": "false",
        "acs:currenttime": times.to_second(call.world.now),
        "acs:regionid": call.region or call.parameters.text("regionId"),
        "sts:externalid": call.parameters.text("ExternalId"),
    }
    tags = {group.text("Key"): group.text("Value") for group in call.parameters.groups("Tag")}
    wanted = {f"acs:requesttag/{key}": value for key, value in tags.items()}
    older = {f"ecs:tag/{key}": value for key, value in tags.items()}
    return {**{key: value for key, value in found.items() if value}, **wanted, **older}


def _resources(call: Call, product: str) -> Iterator[tuple[str, str]]:
    if product in ("Ecs", "Vpc"):
        yield from _cloud_resources(call)
    elif product == "Sts" and call.parameters.given("RoleArn"):
        yield call.parameters.text("RoleArn"), ""
    elif product == "Ram":
        yield from _directory_entries(call)
    elif product == "EventBridge" and call.parameters.given("EventBusName"):
        yield _bus(call), ""
    elif product == "Actiontrail" and _trail(call):
        yield f"acs:actiontrail:{call.region or '*'}:{call.account}:trail/{_trail(call)}", ""
    elif product == "ResourceManager" and call.parameters.given("ResourceGroupId"):
        group = call.parameters.text("ResourceGroupId")
        yield f"acs:resourcemanager::{call.account}:resourcegroup/{group}", ""


def _bus(call: Call) -> str:
    # A rule is asked for with its bus.
    names = (("eventbus", "EventBusName"), ("rule", "RuleName"))
    path = "/".join(
        f"{word}/{call.parameters.text(name)}" for word, name in names if call.parameters.given(name)
    )
    return f"acs:eventbridge:{call.region or '*'}:{call.account}:{path}"


def _trail(call: Call) -> str:
    return call.parameters.text("Name") or call.parameters.text("TrailName")


def _cloud_resources(call: Call) -> Iterator[tuple[str, str]]:
    listed, found = _LISTS.get(call.action), list(named(call.parameters))
    if listed:
        found = [(kind, one) for kind, one in found if kind == listed] or [(listed, "*")]
    if call.action in _MAKES:
        found.append((_MAKES[call.action], "*"))
    for kind, one in found:
        # What a caller calls a type may have spaces of its own.
        product, _, word = kind.partition(" ")
        yield f"acs:{product}:{_region(call, one)}:{call.account}:{word}/{one}", one


def named(parameters: Parameters) -> Iterator[tuple[str, str]]:
    """Yield the things that parameters name by id, each with its kind, such as `ecs instance`."""
    word = _tagged_word(parameters)
    tagged = f"{'vpc' if word in _NETWORK else 'ecs'} {word}"
    for name, text in parameters.values.items():
        last = next((part for part in reversed(name.lower().split(".")) if not part.isdecimal()), "")
        kind = tagged if last == "resourceid" and word else _IDS.get(last)
        if kind:
            yield from ((kind, one) for one in _split(text))


def kind_of(name: str) -> str | None:
    """Return what kind of thing a field of this name holds the id of, if any."""
    return _IDS.get(name.lower())


def _directory_entries(call: Call) -> Iterator[tuple[str, str]]:
    for parameter, kind in _NAMES.items():
        owner = call.account
        # Nobody owns the system policies.
        if parameter == "PolicyName" and call.parameters.text("PolicyType") == "System":
            owner = "system"
        if call.parameters.given(parameter):
            yield f"acs:ram::{owner}:{kind}/{call.parameters.text(parameter)}", ""
    for name, text in call.parameters.values.items():
        if name.startswith("ResourceNames"):
            yield from (
                (f"acs:ram::{call.account}:{_tagged_word(call.parameters)}/{one}", "") for one in _split(text)
            )


def _tagged_word(parameters: Parameters) -> str:
    return parameters.text("ResourceType").lower()


def _split(text: str) -> list[str]:
    # Whether an id list travels as JSON, by commas or by index is the action's business, not the right's.
    try:
        found = from_json(text) if text.startswith("[") else [one for one in text.split(",") if one]
    except ValueError:
        found = [text]
    return [str(one) for one in found]


def _region(call: Call, identifier: str) -> str:
    if call.region:
        return call.region
    row = call.world.database.one(_PLACE, identifier, call.account)
    return row[0] if row else "*"


def _tags(call: Call, identifier: str) -> dict[str, str]:
    rows = call.world.database.run(_TAGS, identifier, call.account).fetchall() if identifier else []
    return {f"{start}/{key}": value for key, value in rows for start in ("acs:resourcetag", "ecs:tag")}
