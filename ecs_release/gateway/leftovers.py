"""Calls about what earlier releases left: find addresses, delete any of it.

Imports the gateway's own call, batches and mapping, and the domain's facts.
"""

from collections.abc import Sequence
from typing import Any

from ecs_release.domain.facts import EipFacts
from ecs_release.gateway.batches import check_asked, in_batches, named
from ecs_release.gateway.call import Call, Caller, request_id
from ecs_release.gateway.mapping_backups import eips_in

EIP_BATCH = 50
# Of each kind: the action that deletes it, and the parameter that names it.
DELETIONS: dict[str, tuple[str, str]] = {
    "disk": ("DeleteDisk", "DiskId"),
    "snapshot": ("DeleteSnapshot", "SnapshotId"),
    "image": ("DeleteImage", "ImageId"),
    "network interface": ("DeleteNetworkInterface", "NetworkInterfaceId"),
    "EIP": ("ReleaseEipAddress", "AllocationId"),
    "security group": ("DeleteSecurityGroup", "SecurityGroupId"),
    "vSwitch": ("DeleteVSwitch", "VSwitchId"),
    "VPC": ("DeleteVpc", "VpcId"),
}


class Leftovers:
    """The calls about what has no instance any more, in one region."""

    def __init__(self, caller: Caller, region: str) -> None:
        self._caller, self._region = caller, region

    def find_eips(self, names: Sequence[str]) -> tuple[EipFacts, ...]:
        """DescribeEipAddresses by allocation ids or addresses, 50 a call; unknown ones are left out."""
        ids = [name for name in names if not _is_address(name)]
        addresses = [name for name in names if _is_address(name)]
        found = [*self._eips("AllocationId", ids), *self._eips("EipAddress", addresses)]
        return tuple({eip.allocation_id: eip for eip in found}.values())

    def _eips(self, key: str, names: Sequence[str]) -> list[EipFacts]:
        found: list[EipFacts] = []
        for batch in in_batches(names, EIP_BATCH):
            told = {"RegionId": self._region, key: ",".join(batch), "PageNumber": 1, "PageSize": EIP_BATCH}
            call = Call("DescribeEipAddresses", told, named(batch, "addresses"))
            listed = eips_in(self._caller.perform(call))
            names_of = (eip.allocation_id if key == "AllocationId" else eip.address for eip in listed)
            check_asked("DescribeEipAddresses", names_of, batch)
            found += listed
        return found

    def delete(self, kind: str, id_: str) -> str:
        """Deletes one thing of a kind that is in DELETIONS. The request id."""
        action, parameter = DELETIONS[kind]
        told: dict[str, Any] = {parameter: id_}
        # The API has no region for these two, and refuses what it does not know.
        if action not in ("DeleteDisk", "DeleteSnapshot"):
            told["RegionId"] = self._region
        return request_id(self._caller.perform(Call(action, told, id_)))


def _is_address(name: str) -> bool:
    return not name.startswith("eip-")
