"""An elastic IP address as a record. Imports the base record and times only."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from emulator import times
from emulator.resources.base import Resource


class Eip(Resource):
    """An elastic IP address, bound or not; it bills either way."""

    kind = "eips"
    bills = True
    hidden: ClassVar[set[str]] = {"expired_at", "mac"}

    id: str = Field(serialization_alias="AllocationId")
    ip_address: str
    name: str = ""
    description: str = Field(default="", serialization_alias="Descritpion")
    status: str = "Available"
    bandwidth: str = "5"
    internet_charge_type: str = "PayByTraffic"
    charge_type: str = "PostPaid"
    isp: str = Field(default="BGP", serialization_alias="ISP")
    netmode: str = "public"
    instance_id: str = ""
    instance_type: str = ""
    mode: str = "NAT"
    private_ip_address: str = ""
    vpc_id: str = ""
    deletion_protection: bool = False
    resource_group_id: str = ""
    zone: str = ""
    expired_at: float | None = None

    @property
    def parent(self) -> str:
        """Return what the address is bound to."""
        return self.instance_id

    @property
    def meter(self) -> dict[str, Any]:
        """Return the bandwidth."""
        return {"Bandwidth": self.bandwidth}

    def view(self) -> dict[str, Any]:
        """Return the address as DescribeEipAddresses shows it."""
        tags = [{"Key": key, "Value": value} for key, value in self.tags.items()]
        return {
            **self.plain(),
            # The API spells this field wrong and clients read both.
            "Description": self.description,
            "EipBandwidth": self.bandwidth,
            "AllocationTime": times.to_second(self.created_at),
            "ExpiredTime": "" if self.expired_at is None else times.to_minute(self.expired_at),
            "InstanceRegionId": self.region_id if self.instance_id else "",
            "HDMonitorStatus": "OFF",
            "OperationLocks": {"LockReason": []},
            "BusinessStatus": "Normal",
            "BizType": "",
            "ServiceManaged": 0,
            "Tags": {"Tag": tags},
        }
