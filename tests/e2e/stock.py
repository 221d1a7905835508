"""Programs that declare stock resources as their users do, without any of ours."""

NETWORK = """
import pulumi
import pulumi_alicloud as alicloud
from pulumi_alicloud import ecs, ram, vpc

network = vpc.Network("network", cidr_block="10.8.0.0/16")
switch = vpc.Switch("switch", vpc_id=network.id, cidr_block="10.8.0.0/24", zone_id="cn-hangzhou-b")
guard = ecs.SecurityGroup("guard", vpc_id=network.id)
place = dict(vswitch_id=switch.id, security_groups=[guard.id])
machine = dict(
    instance_type="ecs.g7.large",
    image_id="ubuntu_24_04_x64_20G_alibase_20260101.vhd",
    **place,
)
paid_ahead = dict(instance_charge_type="PrePaid", period=1, period_unit="Month", **machine)
"""


def program(*lines: str) -> str:
    """A program with a network and these statements."""
    return "\n".join((NETWORK, *lines, ""))


def instance(name: str, *options: str, terms: str = "machine") -> str:
    """The statement that declares one instance."""
    return f"ecs.Instance({', '.join((repr(name), *options, f'**{terms}'))})"
