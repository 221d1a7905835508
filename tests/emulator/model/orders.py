"""What is bought to begin with: of every kind, with disks that go and disks that stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as some

from tests.emulator.cloud import IMAGE
from tests.emulator.model.instance import BLOCKS

FLAGS = some.booleans()


@dataclass(frozen=True)
class Order:
    """What is bought, and what its disks are told."""

    kind: str
    protected: bool
    keeps: bool
    keeps_system: bool
    local: bool
    scheduled: bool
    blocked: str

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of RunInstances, apart from times and places."""
        order: dict[str, Any] = {"ImageId": IMAGE, "InstanceType": "ecs.g7.large"}
        order |= {
            "SystemDisk.Category": "cloud_essd",
            "SystemDisk.DeleteWithInstance": not self.keeps_system,
        }
        order |= {
            "DataDisk.1.Size": 100,
            "DataDisk.1.Category": "local_ssd_pro" if self.local else "cloud_essd",
        }
        order |= {} if self.local else {"DataDisk.1.DeleteWithInstance": not self.keeps}
        order |= {"InstanceChargeType": "PrePaid", "Period": 1} if self.kind == "PrePaid" else {}
        order |= {"SpotStrategy": "SpotAsPriceGo"} if self.kind == "spot" else {}
        return order | ({"DeletionProtection": True} if self.is_protected else {})

    @property
    def is_protected(self) -> bool:
        """Whether it is, and can be."""
        return self.protected and self.kind == "PostPaid"

    def with_instance(self, row: dict[str, Any]) -> bool:
        """Whether a disk was told to go with its instance."""
        return not (self.keeps_system if row["Type"] == "system" else self.keeps and not self.local)


KINDS = some.sampled_from(["PostPaid", "PostPaid", "PrePaid", "spot"])
RARELY = some.sampled_from([True, False, False, False])
OBSTACLES = some.sampled_from(["", "", "", "", *BLOCKS])
ORDERS = some.builds(Order, KINDS, RARELY, FLAGS, FLAGS, FLAGS, RARELY, OBSTACLES)
