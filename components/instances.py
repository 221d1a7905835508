"""One stock instance: its arguments from a group's declaration, and its options.

Imports pulumi, pulumi_alicloud, stacks and its sibling `inputs`. What the arguments leave out is
left out on purpose: no release time (its difference check is broken) and no force_delete.
"""

import base64
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pulumi
from pulumi_alicloud import ecs

from components.inputs import SYSTEM_DISK
from components.naming import shown_name
from ecs_release.runner.records import NOT_RENEWED
from stacks.schema import AtExpiry, DataDisk, Group, PayAsYouGo, Spot, Subscription

# An adopted machine runs already; the engine would correct it in all of these.
NOT_IGNORED = "tags"
# The provider would replace an instance for the first and cancel our schedule for the second.
IGNORED = ["dataDisks", "autoReleaseTime"]
RENEWALS = {"Week": (1, 2, 3), "Month": (1, 2, 3, 6, 12)}


def instance_options(
    parent: pulumi.Resource,
    depends_on: Sequence[pulumi.Resource],
    adopted: str | None,
    args: Iterable[str],
    hooks: pulumi.ResourceHookBinding | None = None,
) -> pulumi.ResourceOptions:
    """The engine drops an instance from the state without a call; Teardown is what releases it.

    An adopted one is imported, and nothing of `args` but its tags is ever changed.
    """
    left_alone = [_camel_case(name) for name in args if name != NOT_IGNORED] if adopted else []
    return pulumi.ResourceOptions(
        parent=parent,
        retain_on_delete=True,
        ignore_changes=list(dict.fromkeys([*IGNORED, *left_alone])),
        depends_on=depends_on,
        import_=adopted,
        hooks=hooks,
    )


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def instance_args(spec: Group, member: str) -> dict[str, Any]:
    """The arguments that follow from the declaration; tags and network are the group's part."""
    system = spec.system_disk
    wanted: dict[str, Any] = {
        "instance_name": shown_name(member),
        "instance_type": spec.instance_type,
        "image_id": spec.image,
        "key_name": spec.key_pair,
        "role_name": spec.ram_role,
        "user_data": user_data(spec.user_data_file),
        "system_disk_name": SYSTEM_DISK,
        "system_disk_category": system.category,
        "system_disk_size": system.size_gib,
        "data_disks": [data_disk_args(disk) for disk in spec.data_disks] or None,
        "internet_max_bandwidth_out": spec.public_ip.bandwidth_mbps if spec.public_ip else None,
        **charge_args(spec),
    }
    return {key: value for key, value in wanted.items() if value is not None}


def charge_args(spec: Group) -> dict[str, Any]:
    """The billing method as the provider has it."""
    match spec.charge:
        case PayAsYouGo():
            return {"instance_charge_type": "PostPaid", "deletion_protection": spec.is_protected}
        case Spot(price_limit=None):
            return {"instance_charge_type": "PostPaid", "spot_strategy": "SpotAsPriceGo"}
        case Spot(price_limit=limit):
            return {
                "instance_charge_type": "PostPaid",
                "spot_strategy": "SpotWithPriceLimit",
                "spot_price_limit": limit,
            }
        case Subscription() as charge:
            return subscription_args(charge, ends=isinstance(spec.release.schedule, AtExpiry))


def subscription_args(charge: Subscription, *, ends: bool) -> dict[str, Any]:
    """Period and renewal; the provider has no years. What ends at its expiry is not even reminded of."""
    unit, period = ("Week", charge.period) if charge.unit == "week" else ("Month", charge.period)
    if charge.unit == "year":
        period = charge.period * 12
    args = {"instance_charge_type": "PrePaid", "period": period, "period_unit": unit}
    if not charge.auto_renew:
        return {**args, "renewal_status": NOT_RENEWED if ends else "Normal"}
    # The longest the API takes that is not longer than what was bought.
    renewal = max(length for length in RENEWALS[unit] if length <= period)
    return {**args, "renewal_status": "AutoRenewal", "auto_renew_period": renewal}


def data_disk_args(disk: DataDisk) -> ecs.InstanceDataDiskArgs:
    """A data disk as it is created; DiskRelease keeps its flags as declared from then on."""
    return ecs.InstanceDataDiskArgs(
        name=disk.name,
        category=disk.category,
        size=disk.size_gib,
        delete_with_instance=disk.release_with_instance,
    )


def user_data(path: str | None) -> str | None:
    """The start-up script as the API takes it."""
    if path is None:
        return None
    try:
        return base64.b64encode(Path(path).read_bytes()).decode("ascii")
    except OSError as error:
        raise pulumi.RunError(f"user_data_file: {path}: cannot be read: {error.strerror}") from None
