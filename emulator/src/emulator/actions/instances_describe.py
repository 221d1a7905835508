"""DescribeInstances (Ecs 2014-05-26): filters and paging."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from emulator import times
from emulator.actions.common import TAG_FILTER_REACH, Paging, fits, region_of, tags_of
from emulator.errors import ApiError, dry_run_passed, invalid_parameter
from emulator.parameters import Parameters
from emulator.registry import Call, Reply, action
from emulator.resources import Instance
from emulator.resources.instance import family_of
from emulator.rules import release

_FILTERS = (
    "InstanceIds Status InstanceChargeType LockReason Tag.N.Key Tag.N.Value Filter.N.Key Filter.N.Value "
    "VpcId VSwitchId ZoneId SecurityGroupId ImageId InstanceType InstanceTypeFamily InstanceName "
    "InstanceNetworkType ResourceGroupId KeyPairName PrivateIpAddresses PublicIpAddresses EipAddresses "
    "InnerIpAddresses InternetChargeType HttpTokens HttpEndpoint"
)
# Asks for more fields than the plain answer; the answer here always has all it can give.
_INERT = "AdditionalAttributes.N"
_PAGING = "NextToken MaxResults PageNumber PageSize DryRun"

_EXACT: dict[str, Callable[[Instance], str]] = {
    "Status": lambda instance: instance.status,
    "InstanceChargeType": lambda instance: instance.instance_charge_type,
    "VpcId": lambda instance: instance.vpc_id,
    "VSwitchId": lambda instance: instance.vswitch_id,
    "ZoneId": lambda instance: instance.zone_id,
    "ImageId": lambda instance: instance.image_id,
    "InstanceType": lambda instance: instance.instance_type,
    "InstanceTypeFamily": lambda instance: family_of(instance.instance_type),
    "InstanceNetworkType": lambda instance: "vpc",
    "ResourceGroupId": lambda instance: instance.resource_group_id,
    "KeyPairName": lambda instance: instance.key_pair_name,
    "InternetChargeType": lambda instance: instance.internet_charge_type,
    "HttpTokens": lambda instance: instance.http_tokens,
    "HttpEndpoint": lambda instance: instance.http_endpoint,
}
_ADDRESSES: dict[str, Callable[[Instance], str]] = {
    "PrivateIpAddresses": lambda instance: instance.private_ip,
    "PublicIpAddresses": lambda instance: instance.public_ip,
    "EipAddresses": lambda instance: str(instance.eip.get("IpAddress", "")),
    "InnerIpAddresses": lambda instance: "",
}
_WORDS = {
    "Status": (("Pending", "Running", "Starting", "Stopping", "Stopped"), "InvalidStatus.NotFound"),
    "InstanceChargeType": (("PostPaid", "PrePaid"), "InvalidInstanceChargeType.NotFound"),
    "InstanceNetworkType": (("vpc", "classic"), "InvalidNetworkType.NotFound"),
    "InternetChargeType": (("PayByTraffic", "PayByBandwidth"), "InvalidInternetChargeType.ValueNotSupported"),
}
_LOCKS = ("financial", "security", "recycling", "dedicatedhostfinancial", "refunded")
_MOMENTS: dict[str, Callable[[Instance], float | None]] = {
    "CreationStartTime": lambda instance: instance.created_at,
    "ExpiredStartTime": lambda instance: instance.expired_at,
}

Test = Callable[[Instance], bool]


@action("Ecs", "DescribeInstances", f"{_FILTERS} {_PAGING}", required="RegionId", ignored=_INERT)
def describe_instances(call: Call) -> Reply:
    """DescribeInstances: an unknown id is not an error but missing from the list."""
    parameters = call.parameters
    region, tags = region_of(call), tags_of(parameters)
    ids = parameters.json_list("InstanceIds", 100)
    tests, paging = list(_tests(parameters)), Paging(parameters, 100)
    if parameters.flag("DryRun"):
        raise dry_run_passed()
    reach = TAG_FILTER_REACH if tags else None
    rows = islice(call.world.store.listed(Instance, call.account, region, ids, tags, paging.after), reach)
    chosen, reply = paging.cut((seq, row) for seq, row in rows if all(test(row.record) for test in tests))
    for row in chosen:
        if row.record.polls_left:
            release.seen(call.world, row.record.id)
    return {**reply, "Instances": {"Instance": [row.shown() for row in chosen]}}


def _tests(parameters: Parameters) -> Iterator[Test]:
    for name, (allowed, code) in _WORDS.items():
        if parameters.given(name):
            error = ApiError(404, code, f"The specified {name} is not supported.")
            parameters.choice(name, "", allowed, error)
    for name, read in _EXACT.items():
        if parameters.given(name):
            yield _equals(read, parameters.text(name))
    for name, read in _ADDRESSES.items():
        wanted = parameters.json_list(name, 100)
        if wanted is not None:
            yield _among(read, wanted)
    yield from _special(parameters)
    yield from (_since(group) for group in parameters.groups("Filter"))


def _special(parameters: Parameters) -> Iterator[Test]:
    name, group, reason = (parameters.text(key) for key in ("InstanceName", "SecurityGroupId", "LockReason"))
    if name:
        yield lambda instance: fits(name, instance.instance_name)
    if group:
        yield lambda instance: group in instance.security_group_ids
    # In either case: the pages spell Recycling with a large and with a small letter.
    if reason.lower() not in ("", *_LOCKS):
        raise ApiError(404, "InvalidLockReason.NotFound", "The specified LockReason is not supported.")
    if reason:
        yield lambda instance: reason.lower() in map(str.lower, instance.locks)


def _equals(read: Callable[[Instance], str], wanted: str) -> Test:
    return lambda instance: read(instance) == wanted


def _among(read: Callable[[Instance], str], wanted: list[str]) -> Test:
    return lambda instance: read(instance) in wanted


def _since(group: Parameters) -> Test:
    read: Any = _MOMENTS.get(group.text("Key"))
    if read is None:
        raise ApiError(404, "InvalidFilterKey.NotFound", "The specified Filter.N.Key does not exist.")
    try:
        start = times.from_api(group.text("Value"))
    except ValueError:
        raise invalid_parameter("Filter.N.Value", "it is not a time like 2026-12-31T10:00Z") from None
    return lambda instance: (read(instance) or 0.0) >= start
