"""An ECS instance as a record. Imports the base record and times only."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from pydantic import Field

from emulator import times
from emulator.names import words
from emulator.resources.base import Resource

_SIZE = re.compile(r"^([0-9]{0,3})x?large\Z")
_GIB_PER_CPU = {"c": 2, "g": 4, "r": 8}


class Instance(Resource):
    """An instance; expired, refunded or locked is read from fields, the status only knows five words."""

    kind = "instances"
    bills = True
    hidden: ClassVar[set[str]] = set(
        words(
            "security_group_ids vpc_id vswitch_id private_ip public_ip interface_id mac_address locks "
            "expired_at auto_release_at started_at user_data ram_role_name releasing lingers blocks "
            "renewal_status renewal_duration renewal_unit conversion shared_disk_ids memory_mib http_tokens "
            "http_endpoint jumbo_frames login_as_non_root core_count threads_per_core eip "
            "secondary_interfaces maintenance polls_left suspended"
        )
    )

    id: str = Field(serialization_alias="InstanceId")
    instance_name: str
    host_name: str = ""
    description: str = ""
    image_id: str
    instance_type: str
    zone_id: str
    status: str = "Pending"
    stopped_mode: str = "Not-applicable"
    deletion_protection: bool = False
    instance_charge_type: str = "PostPaid"
    spot_strategy: str = "NoSpot"
    spot_duration: int = 0
    spot_price_limit: float = 0.0
    spot_interruption_behavior: str = ""
    internet_charge_type: str = "PayByTraffic"
    internet_max_bandwidth_in: int = 0
    internet_max_bandwidth_out: int = 0
    key_pair_name: str = ""
    resource_group_id: str = ""
    credit_specification: str = ""
    hpc_cluster_id: str = ""
    deployment_set_id: str = ""
    os_name: str = Field(default="Ubuntu 24.04 64 bit", serialization_alias="OSName")
    os_type: str = Field(default="linux", serialization_alias="OSType")
    cpu: int = 2
    recyclable: bool = False

    memory_mib: int = 8192
    http_tokens: str = "optional"
    http_endpoint: str = "enabled"
    jumbo_frames: bool = False
    login_as_non_root: bool = False
    core_count: int = 0
    threads_per_core: int = 0
    security_group_ids: list[str] = Field(default_factory=list)
    vpc_id: str = ""
    vswitch_id: str = ""
    private_ip: str = ""
    public_ip: str = ""
    interface_id: str = ""
    secondary_interfaces: list[dict[str, str]] = Field(default_factory=list)
    maintenance: dict[str, str] = Field(default_factory=dict)
    eip: dict[str, Any] = Field(default_factory=dict)
    mac_address: str = ""
    user_data: str = ""
    ram_role_name: str = ""
    started_at: float | None = None
    expired_at: float | None = None
    auto_release_at: float | None = None
    renewal_status: str = "Normal"
    renewal_duration: int = 0
    renewal_unit: str = ""
    locks: list[str] = Field(default_factory=list)
    conversion: dict[str, Any] | None = None
    releasing: bool = False
    lingers: bool = False
    polls_left: int = 0
    suspended: bool = False
    blocks: list[str] = Field(default_factory=list)
    shared_disk_ids: list[str] = Field(default_factory=list)

    @property
    def parent(self) -> str:
        """Return the vSwitch that holds the instance's address."""
        return self.vswitch_id

    @property
    def subscription(self) -> bool:
        """Tell a subscription from pay-as-you-go and spot."""
        return self.instance_charge_type == "PrePaid"

    @property
    def spot(self) -> bool:
        """Tell a spot instance from the others."""
        return self.spot_strategy != "NoSpot"

    @property
    def idle(self) -> bool:
        """Tell whether its vCPUs are given up: stopped to save money, or for lack of it."""
        saving = self.stopped_mode == "StopCharging" or "financial" in self.locks
        return self.status == "Stopped" and saving

    @property
    def facts(self) -> dict[str, Any]:
        """Return type, market, and bandwidth if it is paid as such."""
        by_bandwidth = self.internet_charge_type == "PayByBandwidth"
        bandwidth = self.internet_max_bandwidth_out if by_bandwidth else 0
        return {"InstanceType": self.instance_type, "Bandwidth": bandwidth, "Spot": self.spot}

    @property
    def meter(self) -> dict[str, Any] | None:
        """Return the facts, with the end of the paid time if it is paid ahead."""
        if not self.subscription:
            return None if self.idle else self.facts
        over = self.expired_at is None or self.releasing or "refunded" in self.locks
        return None if over else {**self.facts, "PaidUntil": self.expired_at}

    def expired(self, now: float) -> bool:
        """Tell whether a subscription's paid time is over, whatever the status."""
        return self.expired_at is not None and self.expired_at <= now

    def view(self) -> dict[str, Any]:
        """Return the instance as DescribeInstances shows it."""
        return {**super().view(), **_billing(self), **_machine(self), **_network(self), **_options(self)}

    def state(self) -> dict[str, Any]:
        """Return the instance with what no call shows."""
        inner = {"RamRoleName": self.ram_role_name, "UserData": self.user_data, "Releasing": self.releasing}
        renewal = {"RenewalStatus": self.renewal_status, "Duration": self.renewal_duration}
        return {**super().state(), **inner, **renewal, "Blocks": self.blocks}


def size_of(instance_type: str) -> tuple[int, int]:
    """Derive vCPUs and memory in MiB from a type name such as ecs.g7.xlarge."""
    family, _, size = instance_type.removeprefix("ecs.").partition(".")
    match = _SIZE.match(size)
    cpus = 1 if match is None else 4 * int(match.group(1) or 1) if "x" in size else 2
    return cpus, cpus * _GIB_PER_CPU.get(family[:1], 4) * 1024


def family_of(instance_type: str) -> str:
    """Return the family of a type: ecs.g7 of ecs.g7.large."""
    return instance_type.rpartition(".")[0]


def _billing(instance: Instance) -> dict[str, Any]:
    expiry, release = instance.expired_at, instance.auto_release_at
    locks = [{"LockReason": reason, "LockMsg": f"locked: {reason}"} for reason in instance.locks]
    return {
        "ExpiredTime": times.NEVER_EXPIRES if expiry is None else times.to_minute(expiry),
        "AutoReleaseTime": "" if release is None else times.to_minute(release),
        "StartTime": "" if instance.started_at is None else times.to_minute(instance.started_at),
        "OperationLocks": {"LockReason": locks},
    }


def _machine(instance: Instance) -> dict[str, Any]:
    return {
        "Memory": instance.memory_mib,
        "InstanceTypeFamily": family_of(instance.instance_type),
        "IoOptimized": True,
        "OSNameEn": instance.os_name,
        "DeviceAvailable": True,
        "SerialNumber": instance.id.removeprefix("i-"),
        "GPUAmount": 0,
        "GPUSpec": "",
        "ClusterId": "",
        "VlanId": "",
        "SaleCycle": "",
        "LocalStorageAmount": 0,
        "LocalStorageCapacity": 0,
    }


def _network(instance: Instance) -> dict[str, Any]:
    address = {"IpAddress": [instance.private_ip]}
    vpc = {
        "VpcId": instance.vpc_id,
        "VSwitchId": instance.vswitch_id,
        "NatIpAddress": "",
        "PrivateIpAddress": address,
    }
    private = {"PrivateIpAddress": instance.private_ip, "Primary": True}
    interface = {
        "NetworkInterfaceId": instance.interface_id,
        "Type": "Primary",
        "PrimaryIpAddress": instance.private_ip,
        "MacAddress": instance.mac_address,
        "PrivateIpSets": {"PrivateIpSet": [private]},
    }
    return {
        "InstanceNetworkType": "vpc",
        "VpcAttributes": vpc,
        "NetworkInterfaces": {"NetworkInterface": [interface, *_secondary(instance)]},
        "PublicIpAddress": {"IpAddress": [instance.public_ip] if instance.public_ip else []},
        "InnerIpAddress": {"IpAddress": []},
        "RdmaIpAddress": {"IpAddress": []},
        "EipAddress": {**no_elastic_address(), **instance.eip},
        "SecurityGroupIds": {"SecurityGroupId": instance.security_group_ids},
    }


def _secondary(instance: Instance) -> list[dict[str, Any]]:
    return [
        {
            "NetworkInterfaceId": one["id"],
            "Type": "Secondary",
            "PrimaryIpAddress": one["ip"],
            "MacAddress": one["mac"],
            "PrivateIpSets": {"PrivateIpSet": [{"PrivateIpAddress": one["ip"], "Primary": True}]},
        }
        for one in instance.secondary_interfaces
    ]


def no_elastic_address() -> dict[str, Any]:
    """Return the EipAddress object of an instance without one: empty strings, never null."""
    empty = {"AllocationId": "", "IpAddress": "", "InternetChargeType": ""}
    return {**empty, "Bandwidth": 0, "IsSupportUnassociate": False}


def _options(instance: Instance) -> dict[str, Any]:
    metadata = {"HttpTokens": instance.http_tokens, "HttpEndpoint": instance.http_endpoint}
    cores = instance.core_count or max(1, instance.cpu // 2)
    return {
        "MetadataOptions": {**metadata, "HttpPutResponseHopLimit": 1},
        "CpuOptions": {"CoreCount": cores, "ThreadsPerCore": instance.threads_per_core or 2, "Numa": ""},
        "ImageOptions": {"LoginAsNonRoot": instance.login_as_non_root},
        "AdditionalInfo": {"EnableHighDensityMode": False},
        "HibernationOptions": {"Configured": False},
        "DedicatedHostAttribute": {"DedicatedHostId": "", "DedicatedHostName": ""},
        "DedicatedInstanceAttribute": {"Tenancy": "", "Affinity": ""},
        "EcsCapacityReservationAttr": {"CapacityReservationId": "", "CapacityReservationPreference": ""},
    }
