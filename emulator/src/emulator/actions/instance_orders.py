"""Reading and checking a RunInstances request as a whole, before anything is created.

Imports the readers of disks and release times; only RunInstances imports it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulator.actions.common import new_tags_of, region_of
from emulator.actions.disk_orders import DiskOrder, disk_order
from emulator.actions.disk_sources import with_sources
from emulator.actions.image_lookup import image_facts
from emulator.actions.release_times import read_release_time
from emulator.errors import ApiError, invalid_parameter, missing_parameter
from emulator.ledger import within
from emulator.names import words
from emulator.parameters import Parameters
from emulator.registry import Call
from emulator.resources import Instance, SecurityGroup, VSwitch
from emulator.resources.instance import size_of
from emulator.rules.subscription import PERIODS, RENEWALS

_TYPE = re.compile(r"^ecs\.[a-z0-9-]+\.[a-z0-9-]+\Z")
_MOST_AT_ONCE = 100
_COPIED = words(
    "KeyPairName RamRoleName ResourceGroupId UserData CreditSpecification HpcClusterId DeploymentSetId"
)


@dataclass
class Order:
    """A checked RunInstances request."""

    template: Instance
    amount: int
    vswitch: VSwitch
    wanted_ip: str
    disks: list[DiskOrder]
    period: tuple[int, str]
    secondary: list[Parameters]


def read_order(call: Call) -> Order:
    """Return the checked request, or refuse it."""
    parameters = call.parameters
    region = region_of(call)
    vswitch, groups = _placement(call)
    template = _machine(call, region)
    template.vswitch_id, template.vpc_id, template.zone_id = vswitch.id, vswitch.vpc_id, vswitch.zone_id
    template.security_group_ids = groups
    _read_billing(call, template)
    disks = [disk_order(parameters.group("SystemDisk"), system=True)]
    disks += [disk_order(group, system=False) for group in parameters.groups("DataDisk")]
    image = image_facts(call, template.image_id)
    template.os_name, template.os_type = image.os_name, image.os_type
    disks = with_sources(call, image, disks)
    amount = parameters.number("Amount", 1, 1, _MOST_AT_ONCE)
    parameters.number("MinAmount", 1, 1, amount)
    secondary = [group for group in parameters.groups("NetworkInterface") if _secondary(group)]
    return Order(
        template, amount, vswitch, _wanted_ip(call, vswitch), disks, _period(parameters, template), secondary
    )


def _machine(call: Call, region: str) -> Instance:
    parameters, kind = call.parameters, call.parameters.text("InstanceType")
    if not _TYPE.match(kind):
        raise ApiError(
            404, "InvalidInstanceType.NotFound", f"The specified InstanceType {kind} does not exist."
        )
    cpu, memory = size_of(kind)
    bandwidth = parameters.number("InternetMaxBandwidthOut", 0, 0, 100, "InvalidParameter.Bandwidth")
    return Instance(
        id="",
        account_id=call.account,
        region_id=region,
        created_at=call.world.now,
        tags=new_tags_of(parameters),
        instance_name=parameters.text("InstanceName"),
        host_name=parameters.text("HostName"),
        description=parameters.text("Description"),
        image_id=parameters.text("ImageId"),
        instance_type=kind,
        zone_id="",
        cpu=cpu,
        memory_mib=memory,
        internet_charge_type=parameters.choice(
            "InternetChargeType", "PayByTraffic", ("PayByTraffic", "PayByBandwidth")
        ),
        internet_max_bandwidth_out=bandwidth,
        internet_max_bandwidth_in=parameters.number("InternetMaxBandwidthIn", bandwidth, 0, 200),
        **_plain_fields(parameters),
    )


def _plain_fields(parameters: Parameters) -> dict[str, Any]:
    fields: dict[str, Any] = {_snake(name): parameters.text(name) for name in _COPIED}
    fields["http_tokens"] = parameters.text("HttpTokens", "optional")
    fields["http_endpoint"] = parameters.text("HttpEndpoint", "enabled")
    fields["jumbo_frames"] = parameters.flag("NetworkOptions.EnableJumboFrame")
    fields["login_as_non_root"] = parameters.flag("ImageOptions.LoginAsNonRoot")
    fields["core_count"] = parameters.number("CpuOptions.Core", 0, 1, 1024)
    fields["threads_per_core"] = parameters.number("CpuOptions.ThreadsPerCore", 0, 1, 2)
    return fields


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _placement(call: Call) -> tuple[VSwitch, list[str]]:
    parameters = call.parameters
    primary = _primary(parameters)
    vswitch_id = parameters.text("VSwitchId") or primary.text("VSwitchId")
    if not vswitch_id:
        raise missing_parameter("VSwitchId")
    text = f"The specified VSwitchId {vswitch_id} does not exist."
    vswitch = call.need(VSwitch, vswitch_id, ApiError(404, "InvalidVSwitchId.NotFound", text))
    if parameters.text("ZoneId", vswitch.zone_id) != vswitch.zone_id:
        raise invalid_parameter("ZoneId", "the vSwitch lies in another zone", "InvalidParameter.Conflict")
    return vswitch, _groups(call, primary, vswitch)


def _groups(call: Call, primary: Parameters, vswitch: VSwitch) -> list[str]:
    ids: list[str] = []
    for source in (call.parameters, primary):
        ids += [source.text("SecurityGroupId")] if source.given("SecurityGroupId") else []
        ids += source.items("SecurityGroupIds")
    if not ids:
        raise missing_parameter("SecurityGroupId")
    for identifier in ids:
        text = f"The specified SecurityGroupId {identifier} does not exist."
        group = call.need(SecurityGroup, identifier, ApiError(404, "InvalidSecurityGroupId.NotFound", text))
        if group.vpc_id != vswitch.vpc_id:
            raise invalid_parameter(
                "SecurityGroupId", "it belongs to another VPC", "InvalidParameter.Conflict"
            )
    return list(dict.fromkeys(ids))


def _primary(parameters: Parameters) -> Parameters:
    groups = parameters.groups("NetworkInterface")
    return next((group for group in groups if not _secondary(group)), Parameters({}))


def _secondary(group: Parameters) -> bool:
    return group.choice("InstanceType", "Secondary", ("Primary", "Secondary")) != "Primary"


def _wanted_ip(call: Call, vswitch: VSwitch) -> str:
    # The stock provider moves the address into the primary interface when other options are set there.
    text = call.parameters.text("PrivateIpAddress") or _primary(call.parameters).text("PrimaryIpAddress")
    if not text:
        return ""
    inside = within(text, ipaddress.ip_network(vswitch.cidr_block))
    if not inside or call.parameters.number("Amount", 1, 1, _MOST_AT_ONCE) > 1:
        raise ApiError(
            400, "InvalidPrivateIpAddress.Malformed", f"The PrivateIpAddress {text} cannot be used."
        )
    return text


def _read_billing(call: Call, template: Instance) -> None:
    parameters = call.parameters
    template.instance_charge_type = parameters.choice(
        "InstanceChargeType", "PostPaid", ("PostPaid", "PrePaid")
    )
    strategies = ("NoSpot", "SpotWithPriceLimit", "SpotAsPriceGo")
    template.spot_strategy = parameters.choice("SpotStrategy", "NoSpot", strategies)
    if template.spot:
        _read_spot(parameters, template)
    template.deletion_protection = parameters.flag("DeletionProtection")
    if template.deletion_protection and (template.subscription or template.spot):
        text = "Deletion protection is only for pay-as-you-go instances."
        raise ApiError(403, "InvalidChargeType.ValueNotSupported", text)
    if parameters.given("AutoReleaseTime"):
        if template.subscription:
            raise ApiError(
                403, "ChargeTypeViolation", "A subscription instance has no automatic release time."
            )
        template.auto_release_at = read_release_time(parameters.text("AutoReleaseTime"), call.world.now)
    # Last, so that a malformed order is told so even to a debtor.
    if call.world.overdue(call.account):
        raise ApiError(
            403, "InvalidAccountStatus.NotEnoughBalance", "Your account does not have enough balance."
        )


def _read_spot(parameters: Parameters, template: Instance) -> None:
    if template.subscription:
        raise invalid_parameter("SpotStrategy", "a spot instance is pay-as-you-go")
    template.spot_duration = parameters.number("SpotDuration", 1, 0, 1)
    behavior = parameters.choice("SpotInterruptionBehavior", "Terminate", ("Terminate", "Stop"))
    template.spot_interruption_behavior = behavior
    try:
        template.spot_price_limit = float(parameters.text("SpotPriceLimit", "0"))
    except ValueError:
        raise invalid_parameter("SpotPriceLimit", "it is not a number") from None


def _period(parameters: Parameters, template: Instance) -> tuple[int, str]:
    if not template.subscription:
        return 0, ""
    unit = parameters.choice("PeriodUnit", "Month", ("Week", "Month"))
    if not parameters.given("Period"):
        raise missing_parameter("Period")
    count = read_period(parameters, "Period", unit, PERIODS)
    template.renewal_status = "AutoRenewal" if parameters.flag("AutoRenew") else "Normal"
    template.renewal_duration = read_period(parameters, "AutoRenewPeriod", unit, RENEWALS)
    return count, unit


def read_period(
    parameters: Parameters,
    name: str,
    unit: str,
    allowed: Mapping[str, set[int]],
    code: str = "InvalidPeriod.ValueNotSupported",
) -> int:
    """Return a number of weeks, months or years that can be bought; 1 unless told otherwise."""
    count = parameters.number(name, 1, 1, 60, code)
    if count not in allowed[unit]:
        raise invalid_parameter(name, f"{count} is not one of {sorted(allowed[unit])} for {unit}", code)
    return count
