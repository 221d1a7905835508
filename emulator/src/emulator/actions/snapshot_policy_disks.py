"""Which disks have which policy: DescribeAutoSnapshotPolicyAssociations (Ecs 2014-05-26)."""

from __future__ import annotations

from emulator.actions.common import Paging, region_of
from emulator.errors import invalid_parameter
from emulator.registry import Call, Reply, action
from emulator.resources import Disk

_PARAMETERS = "AutoSnapshotPolicyId DiskId NextToken MaxResults"


@action("Ecs", "DescribeAutoSnapshotPolicyAssociations", _PARAMETERS, required="RegionId")
def describe_auto_snapshot_policy_associations(call: Call) -> Reply:
    """DescribeAutoSnapshotPolicyAssociations: pairs of a policy and a disk, of one of them or all."""
    policy, disk = call.parameters.text("AutoSnapshotPolicyId"), call.parameters.text("DiskId")
    if policy and disk:
        raise invalid_parameter("DiskId", "it cannot be given together with AutoSnapshotPolicyId")
    paging = Paging(call.parameters, 100, by_token=True)
    rows = call.world.store.listed(
        Disk, call.account, region_of(call), [disk] if disk else None, None, paging.after
    )
    chosen, reply = paging.cut((seq, row) for seq, row in rows if _has(row.record, policy))
    pairs = [
        {"AutoSnapshotPolicyId": row.record.auto_snapshot_policy_id, "DiskId": row.record.id}
        for row in chosen
    ]
    found = {"AutoSnapshotPolicyAssociation": pairs}
    return {"NextToken": reply["NextToken"], "AutoSnapshotPolicyAssociations": found}


def _has(disk: Disk, policy: str) -> bool:
    return disk.auto_snapshot_policy_id != "" and policy in ("", disk.auto_snapshot_policy_id)
