"""The arguments of a stock instance, by what its group declares."""

import base64
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pytest_mock import MockerFixture

from components.group import declare_instances
from components.instances import charge_args, instance_args, user_data
from components.network import NetworkIds
from ecs_release.provider.resources import Sweep
from stacks.schema import DataDisk, Group, PayAsYouGo, PublicIp, Spot, Subscription

PLAIN: dict[str, Any] = {"count": 1, "instance_type": "ecs.g7.large", "image": "image-1"}

CHARGES = [
    pytest.param(
        {"charge": PayAsYouGo()},
        {"instance_charge_type": "PostPaid", "deletion_protection": True},
        id="pay-as-you-go is protected by default",
    ),
    pytest.param(
        {"charge": PayAsYouGo(), "deletion_protection": False},
        {"instance_charge_type": "PostPaid", "deletion_protection": False},
        id="protection off is said, so that it is taken off",
    ),
    pytest.param(
        {"charge": Spot(type="spot")},
        {"instance_charge_type": "PostPaid", "spot_strategy": "SpotAsPriceGo"},
        id="spot at the market price has no protection",
    ),
    pytest.param(
        {"charge": Spot(type="spot", price_limit=0.35)},
        {
            "instance_charge_type": "PostPaid",
            "spot_strategy": "SpotWithPriceLimit",
            "spot_price_limit": 0.35,
        },
        id="spot with a limit",
    ),
    pytest.param(
        {"charge": Subscription(type="subscription", period=1)},
        {
            "instance_charge_type": "PrePaid",
            "period": 1,
            "period_unit": "Month",
            "renewal_status": "Normal",
        },
        id="a subscription counts months by default and does not renew",
    ),
    pytest.param(
        {"charge": Subscription(type="subscription", unit="year", period=3, auto_renew=True)},
        {
            "instance_charge_type": "PrePaid",
            "period": 36,
            "period_unit": "Month",
            "renewal_status": "AutoRenewal",
            "auto_renew_period": 12,
        },
        id="years are months, and the longest renewal is twelve of them",
    ),
    pytest.param(
        {"charge": Subscription(type="subscription", unit="week", period=4, auto_renew=True)},
        {
            "instance_charge_type": "PrePaid",
            "period": 4,
            "period_unit": "Week",
            "renewal_status": "AutoRenewal",
            "auto_renew_period": 3,
        },
        id="weeks renew by three at most",
    ),
    pytest.param(
        {"charge": Subscription(type="subscription", period=8, auto_renew=True)},
        {
            "instance_charge_type": "PrePaid",
            "period": 8,
            "period_unit": "Month",
            "renewal_status": "AutoRenewal",
            "auto_renew_period": 6,
        },
        id="a renewal is never longer than the period",
    ),
]


@pytest.mark.parametrize(("declared", "sent"), CHARGES)
def test_charge(declared: dict[str, Any], sent: dict[str, Any]) -> None:
    assert charge_args(Group(**PLAIN, **declared)) == sent


def test_options_that_are_not_declared_are_not_sent() -> None:
    args = instance_args(Group(**PLAIN), "web-0")
    assert not {"key_name", "role_name", "user_data", "data_disks", "internet_max_bandwidth_out"} & set(args)
    assert not {"auto_release_time", "force_delete"} & set(args)


def test_options_that_are_declared_are_sent() -> None:
    spec = Group(**PLAIN, key_pair="ops", ram_role="web", public_ip=PublicIp(bandwidth_mbps=5))
    args = instance_args(spec, "web-0")
    sent = (args["key_name"], args["role_name"], args["internet_max_bandwidth_out"])
    assert sent == ("ops", "web", 5)


def test_a_data_disk_is_created_as_it_shall_end() -> None:
    disks = (
        DataDisk(name="data", size_gib=200),
        DataDisk(name="tmp", size_gib=20, release_with_instance=True),
    )
    sent = instance_args(Group(**PLAIN, data_disks=disks), "web-0")["data_disks"]
    assert [(disk.name, disk.size, disk.category, disk.delete_with_instance) for disk in sent] == [
        ("data", 200, "cloud_essd", False),
        ("tmp", 20, "cloud_essd", True),
    ]


def test_user_data_is_sent_as_base64(tmp_path: Path) -> None:
    script = tmp_path / "start.sh"
    script.write_text("#!/bin/sh\n")
    assert base64.b64decode(user_data(str(script)) or "") == b"#!/bin/sh\n"


def test_user_data_that_cannot_be_read_ends_the_program_with_its_name(tmp_path: Path) -> None:
    missing = tmp_path / "none.sh"
    with pytest.raises(pulumi.RunError, match=r"user_data_file: .*none\.sh: cannot be read: No such file"):
        user_data(str(missing))


def test_the_options_reach_the_stock_instance(mocker: MockerFixture) -> None:
    stock = mocker.patch("components.group.ecs.Instance")
    group, sweep = mocker.Mock(spec=pulumi.Resource), mocker.Mock(spec=Sweep, group_id="gid-web")
    network = NetworkIds("vsw-1", ("sg-1", "sg-2"))
    declare_instances(group, "web", Group(**PLAIN), ("web-0",), network, {}, sweep)
    opts = stock.call_args.kwargs["opts"]
    assert opts.parent is group
    assert opts.retain_on_delete is True
    assert opts.ignore_changes == ["dataDisks", "autoReleaseTime"]
    assert opts.depends_on == [sweep]
    assert stock.call_args.kwargs["security_groups"] == ["sg-1", "sg-2"]
