"""The page for Terraform: its configuration applied and destroyed by the stock provider."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.emulator_clients import story
from tests.emulator_clients.conftest import Follow
from toolchain import clients, terraform_provider
from toolchain.place import this_place

# As the page says of a provider that was built; a released one would have to be asked for.
SETTINGS = 'provider_installation {{\n  dev_overrides {{\n    "aliyun/alicloud" = "{folder}"\n  }}\n}}\n'
MADE = ["CreateVpc", "CreateSecurityGroup", "CreateVSwitch", "RunInstances"]
GONE = ["DeleteSecurityGroup", "DeleteVSwitch", "DeleteVpc"]


def environment(settings: Path) -> dict[str, str]:
    place = this_place(os.environ | {"GOPROXY": "off"})
    settings.write_text(SETTINGS.format(folder=terraform_provider.get(place).parent))
    programs = (clients.terraform(place).parent, Path(sys.executable).parent, os.environ["PATH"])
    path = os.pathsep.join(map(str, programs))
    return {"PATH": path, "TF_CLI_CONFIG_FILE": str(settings), "CHECKPOINT_DISABLE": "1"}


def test_destroyed_once_the_protection_is_lifted(followed: Follow, tmp_path: Path) -> None:
    result = followed("terraform.md", environment(tmp_path / "terraform.rc"))
    changes = [told for told in result.changes() if not told.startswith("Describe")]
    # What does not depend on each other, the network's parts, may come in any order.
    assert sorted(changes[:3]) + changes[3:4] == [*sorted(MADE[:3]), MADE[3]]
    assert changes[4:7] == [
        "DeleteInstance InvalidOperation.DeletionProtection",
        "ModifyInstanceAttribute",
        "DeleteInstance",
    ]
    assert sorted(changes[7:]) == sorted(GONE)
    assert [result.state[kind] for kind in ("instances", "disks", "vpcs", "security_groups")] == [{}] * 4
    assert story.schemes(tmp_path) == ["http", "https"]
