"""Security groups and their rules (Ecs 2014-05-26)."""

from __future__ import annotations

import ipaddress

from emulator.actions.common import Paging, fits, new_tags_of, region_of, tags_of
from emulator.errors import ApiError, invalid_parameter, missing_parameter
from emulator.names import words
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources import Instance, SecurityGroup, Vpc
from emulator.untrusted import from_digits
from emulator.world import new_id

_TAGS = "Tag.N.Key Tag.N.Value"
_CREATE = f"VpcId SecurityGroupName Description SecurityGroupType ResourceGroupId ClientToken {_TAGS}"
_DESCRIBE = (
    "SecurityGroupId SecurityGroupIds SecurityGroupName VpcId SecurityGroupType ResourceGroupId "
    f"PageNumber PageSize NextToken MaxResults {_TAGS}"
)
_RULE = words(
    "IpProtocol PortRange SourceCidrIp DestCidrIp SourceGroupId DestGroupId Policy Priority NicType "
    "Description Ipv6SourceCidrIp Ipv6DestCidrIp SourcePrefixListId DestPrefixListId SourcePortRange "
    "PortRangeListId SourceGroupOwnerId SourceGroupOwnerAccount DestGroupOwnerId DestGroupOwnerAccount"
)
_ONE_RULE = " ".join((*_RULE, "SecurityGroupRuleId"))
_RULES = " ".join((*_RULE, *(f"Permissions.N.{name}" for name in _RULE)))
_PROTOCOLS = ("TCP", "UDP", "ICMP", "ICMPV6", "GRE", "ALL")
_LAST_PORT = 65535
# What makes two rules the same rule.
_KEY = (*(name for name in _RULE if name not in ("Description", "NicType")), "Direction")


@action("Ecs", "CreateSecurityGroup", _CREATE, required="RegionId")
@idempotent
def create_security_group(call: Call) -> Reply:
    """CreateSecurityGroup: an empty group in a VPC."""
    parameters, vpc_id = call.parameters, call.parameters.text("VpcId")
    region = region_of(call)
    tags = new_tags_of(parameters)
    call.need(
        Vpc, vpc_id, ApiError(404, "InvalidVpcId.NotFound", f"The specified VpcId {vpc_id} does not exist.")
    )
    group = SecurityGroup(
        id=new_id("sg"),
        account_id=call.account,
        region_id=region,
        created_at=call.world.now,
        tags=tags,
        vpc_id=vpc_id,
        security_group_name=parameters.text("SecurityGroupName"),
        description=parameters.text("Description"),
        security_group_type=parameters.choice("SecurityGroupType", "normal", ("normal", "enterprise")),
        resource_group_id=parameters.text("ResourceGroupId"),
    )
    call.world.store.add(group)
    return {"SecurityGroupId": group.id}


@action("Ecs", "DescribeSecurityGroups", _DESCRIBE, required="RegionId")
def describe_security_groups(call: Call) -> Reply:
    """DescribeSecurityGroups: an unknown id is an empty list."""
    parameters = call.parameters
    ids = parameters.json_list("SecurityGroupIds", 100)
    if parameters.given("SecurityGroupId"):
        ids = [parameters.text("SecurityGroupId")]
    paging = Paging(parameters, 100)
    rows = call.world.store.owned(
        SecurityGroup, call.account, region_of(call), ids, tags_of(parameters), paging.after
    )
    chosen, reply = paging.cut((seq, group) for seq, group in rows if _wanted(parameters, group))
    return {
        **reply,
        "RegionId": call.region,
        "SecurityGroups": {"SecurityGroup": [group.view() for group in chosen]},
    }


def _wanted(parameters: Parameters, group: SecurityGroup) -> bool:
    exact = {"VpcId": group.vpc_id, "SecurityGroupType": group.security_group_type}
    exact["ResourceGroupId"] = group.resource_group_id
    if any(parameters.given(name) and parameters.text(name) != value for name, value in exact.items()):
        return False
    return fits(parameters.text("SecurityGroupName", "*"), group.security_group_name)


@action(
    "Ecs",
    "DescribeSecurityGroupAttribute",
    "Direction",
    required="SecurityGroupId",
    ignored="NicType Attribute NextToken MaxResults",
)
def describe_security_group_attribute(call: Call) -> Reply:
    """DescribeSecurityGroupAttribute: one group with its rules, or 404."""
    group = _group(call)
    direction = call.parameters.choice("Direction", "all", ("ingress", "egress", "all"))
    rules = [rule for rule in group.permissions if direction in ("all", rule["Direction"])]
    return {
        "RegionId": group.region_id,
        "SecurityGroupId": group.id,
        "SecurityGroupName": group.security_group_name,
        "VpcId": group.vpc_id,
        "Description": group.description,
        "InnerAccessPolicy": group.inner_access_policy,
        "Permissions": {"Permission": rules},
        "NextToken": "",
    }


@action("Ecs", "ModifySecurityGroupAttribute", "SecurityGroupName Description", required="SecurityGroupId")
def modify_security_group_attribute(call: Call) -> Reply:
    """ModifySecurityGroupAttribute: name, description."""
    group = _group(call)
    group.security_group_name = call.parameters.text("SecurityGroupName", group.security_group_name)
    group.description = call.parameters.text("Description", group.description)
    call.world.store.put(group)
    return {}


@action("Ecs", "ModifySecurityGroupPolicy", "ClientToken", required="SecurityGroupId InnerAccessPolicy")
def modify_security_group_policy(call: Call) -> Reply:
    """ModifySecurityGroupPolicy: whether members reach each other."""
    group = _group(call)
    policy = call.parameters.text("InnerAccessPolicy").capitalize()
    if policy not in ("Accept", "Drop"):
        raise invalid_parameter("InnerAccessPolicy", "it is Accept or Drop")
    group.inner_access_policy = policy
    call.world.store.put(group)
    return {}


@action("Ecs", "DeleteSecurityGroup", "", required="SecurityGroupId")
def delete_security_group(call: Call) -> Reply:
    """DeleteSecurityGroup: refused while an instance is a member or another group's rule names it."""
    group = _group(call)
    members = (instance for _, instance in call.world.store.owned(Instance, call.account, group.region_id))
    if any(group.id in instance.security_group_ids for instance in members):
        raise ApiError(403, "DependencyViolation", f"The security group {group.id} still has members.")
    call.world.store.remove(group)
    return {}


@action("Ecs", "AuthorizeSecurityGroup", f"ClientToken {_RULES}", required="SecurityGroupId")
def authorize_security_group(call: Call) -> Reply:
    """AuthorizeSecurityGroup: add rules for what comes in; one that exists is not added twice."""
    return _authorize(call, "ingress")


@action("Ecs", "AuthorizeSecurityGroupEgress", f"ClientToken {_RULES}", required="SecurityGroupId")
def authorize_security_group_egress(call: Call) -> Reply:
    """AuthorizeSecurityGroupEgress: add rules for what goes out."""
    return _authorize(call, "egress")


@action(
    "Ecs", "RevokeSecurityGroup", f"ClientToken SecurityGroupRuleId.N {_RULES}", required="SecurityGroupId"
)
def revoke_security_group(call: Call) -> Reply:
    """RevokeSecurityGroup: remove rules for what comes in; one that does not exist is no error."""
    return _revoke(call, "ingress")


@action(
    "Ecs",
    "RevokeSecurityGroupEgress",
    f"ClientToken SecurityGroupRuleId.N {_RULES}",
    required="SecurityGroupId",
)
def revoke_security_group_egress(call: Call) -> Reply:
    """RevokeSecurityGroupEgress: remove rules for what goes out."""
    return _revoke(call, "egress")


@action("Ecs", "ModifySecurityGroupRule", _ONE_RULE, required="SecurityGroupId")
def modify_security_group_rule(call: Call) -> Reply:
    """ModifySecurityGroupRule: a rule for what comes in, found by its id or by what it lets through."""
    return _modify_rule(call, "ingress")


@action("Ecs", "ModifySecurityGroupEgressRule", _ONE_RULE, required="SecurityGroupId")
def modify_security_group_egress_rule(call: Call) -> Reply:
    """ModifySecurityGroupEgressRule: a rule for what goes out."""
    return _modify_rule(call, "egress")


def _modify_rule(call: Call, direction: str) -> Reply:
    group, parameters = _group(call), call.parameters
    identifier, wished = parameters.text("SecurityGroupRuleId"), _wished(parameters, direction)
    for rule in group.permissions:
        found = rule["SecurityGroupRuleId"] == identifier if identifier else _key(rule) == _key(wished)
        if found:
            # In the cloud's own spelling: the stock provider sends the same change twice.
            rule.update({name: wished[name] for name in _RULE if parameters.given(name)})
            call.world.store.put(group)
            return {}
    raise ApiError(404, "InvalidSecurityGroupRule.RuleNotExist", "The specified rule does not exist.")


def _wished(parameters: Parameters, direction: str) -> dict[str, str]:
    if parameters.given("SecurityGroupRuleId") and not parameters.given("IpProtocol"):
        return {name: parameters.text(name) for name in _RULE}
    return _rule(parameters, direction)


def _group(call: Call) -> SecurityGroup:
    identifier = call.parameters.text("SecurityGroupId")
    text = f"The specified SecurityGroupId {identifier} does not exist."
    return call.need(SecurityGroup, identifier, ApiError(404, "InvalidSecurityGroupId.NotFound", text))


def _authorize(call: Call, direction: str) -> Reply:
    group = _group(call)
    for rule in _rules(call.parameters, direction):
        if all(_key(rule) != _key(known) for known in group.permissions):
            group.permissions.append({**rule, "SecurityGroupRuleId": new_id("sgr")})
    call.world.store.put(group)
    return {}


def _revoke(call: Call, direction: str) -> Reply:
    group = _group(call)
    named = call.parameters.items("SecurityGroupRuleId")
    keys = [] if named else [_key(rule) for rule in _rules(call.parameters, direction)]
    group.permissions = [
        rule
        for rule in group.permissions
        if rule["SecurityGroupRuleId"] not in named and _key(rule) not in keys
    ]
    call.world.store.put(group)
    return {}


def _rules(parameters: Parameters, direction: str) -> list[dict[str, str]]:
    groups = parameters.groups("Permissions") or [parameters]
    return [_rule(group, direction) for group in groups]


def _rule(group: Parameters, direction: str) -> dict[str, str]:
    for name in ("IpProtocol", "PortRange"):
        if not group.given(name):
            raise missing_parameter(name)
    rule = {name: group.text(name) for name in _RULE}
    # Clients compare these without regard to case, the cloud answers in its own.
    rule["IpProtocol"] = rule["IpProtocol"].upper()
    rule["Policy"] = (rule["Policy"] or "accept").capitalize()
    rule["Priority"] = str(group.number("Priority", 1, 1, 100))
    rule["NicType"] = rule["NicType"] or "intranet"
    _check_rule(rule)
    return {**rule, "Direction": direction}


def _check_rule(rule: dict[str, str]) -> None:
    """Refuse what no rule can be."""
    if rule["IpProtocol"] not in _PROTOCOLS:
        raise invalid_parameter("IpProtocol", f"it is one of {', '.join(_PROTOCOLS)}")
    if rule["Policy"] not in ("Accept", "Drop"):
        raise invalid_parameter("Policy", "it is accept or drop")
    first, _, last = rule["PortRange"].partition("/")
    ports = 0 < (from_digits(first) or 0) <= (from_digits(last) or 0) <= _LAST_PORT
    if not ports and rule["PortRange"] != "-1/-1":
        raise invalid_parameter("PortRange", "it is like 22/80, or -1/-1")
    for name in ("SourceCidrIp", "DestCidrIp", "Ipv6SourceCidrIp", "Ipv6DestCidrIp"):
        if rule[name] and not _is_network(rule[name]):
            raise invalid_parameter(name, "it is no address and no range")


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _key(rule: dict[str, str]) -> tuple[str, ...]:
    return tuple(rule[name] for name in _KEY)
