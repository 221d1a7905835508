"""Who is compared: the same instances declared with ecs-release, the stock provider, and Terraform."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import yaml

from bench.scene import Scene

NO_CHECKPOINTS: Mapping[str, str] = MappingProxyType({"PULUMI_SKIP_CHECKPOINTS": "true"})
IMAGE = "ubuntu_24_04_x64_20G_alibase_20260101.vhd"
DISK_GIB = 40
STOCK_PROGRAM = """
from pulumi_alicloud import ecs, vpc
network = vpc.Network("n", cidr_block="10.8.0.0/16")
switch = vpc.Switch("s", vpc_id=network.id, cidr_block="10.8.0.0/20", zone_id="cn-hangzhou-b")
guard = ecs.SecurityGroup("g", vpc_id=network.id)
for number in range({count}):
    ecs.Instance(
        f"web-{{number}}",
        instance_type="ecs.g7.large",
        image_id="{image}",
        vswitch_id=switch.id,
        security_groups=[guard.id],
        data_disks=[ecs.InstanceDataDiskArgs(name="data", category="cloud_essd", size={disk})],
    )
"""
TERRAFORM_PROGRAM = """
terraform {{
  required_providers {{
    alicloud = {{ source = "aliyun/alicloud" }}
  }}
}}
provider "alicloud" {{
  region                 = "cn-hangzhou"
  protocol               = "HTTP"
  account_type           = "Domestic"
  skip_region_validation = true
  endpoints {{
{endpoints}
  }}
}}
resource "alicloud_vpc" "n" {{
  cidr_block = "10.8.0.0/16"
}}
resource "alicloud_vswitch" "s" {{
  vpc_id     = alicloud_vpc.n.id
  cidr_block = "10.8.0.0/20"
  zone_id    = "cn-hangzhou-b"
}}
resource "alicloud_security_group" "g" {{
  vpc_id              = alicloud_vpc.n.id
  security_group_name = "g"
}}
resource "alicloud_instance" "web" {{
  count           = {count}
  instance_type   = "ecs.g7.large"
  image_id        = "{image}"
  vswitch_id      = alicloud_vswitch.s.id
  security_groups = [alicloud_security_group.g.id]
  data_disks {{
    name     = "data"
    category = "cloud_essd"
    size     = {disk}
  }}
}}
"""
TERRAFORM_RC = """
provider_installation {{
  dev_overrides {{
    "aliyun/alicloud" = "{folder}"
  }}
}}
disable_checkpoint = true
"""


@dataclass(frozen=True)
class Way:
    """One way to destroy a world: what it is called, the command's arguments, and its environment."""

    name: str
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Contender:
    """Somebody's way of declaring the instances, and the ways to destroy them again."""

    name: str
    set_up: Callable[[Scene, int], None]
    destroy: tuple[str, ...]
    ways: tuple[Way, ...]


def declare(scene: Scene, groups: Mapping[str, int], **fields: object) -> None:
    """Writes our configuration: unprotected groups, each instance with one data disk that goes with it."""
    written = yaml.safe_load(scene.stage.config.read_text())
    disk = {"name": "data", "category": "cloud_essd", "size_gib": DISK_GIB}
    made = {
        "instance_type": "ecs.g7.large",
        "image": IMAGE,
        "deletion_protection": False,
        "data_disks": [disk],
    }
    environment = written["config"]["ecs-release:environment"]
    # The local stack's own is too small for 500.
    environment["network"]["cidr"] = "10.8.0.0/16"
    environment["groups"] = {name: {"count": count, **made, **fields} for name, count in groups.items()}
    scene.stage.config.write_text(yaml.safe_dump(written))


def up(scene: Scene) -> None:
    """The first `up`, of whatever the project declares."""
    scene.set_up(*scene.command("up", "--yes", "--skip-preview", "--parallel", "512"))


def _ours(scene: Scene, count: int) -> None:
    declare(scene, {"web": count})
    up(scene)


def _stock(scene: Scene, count: int) -> None:
    program = STOCK_PROGRAM.format(count=count, image=IMAGE, disk=DISK_GIB)
    (scene.stage.project / "__main__.py").write_text(program)
    up(scene)


DESTROY = ("destroy", "--yes", "--skip-preview")
OURS = Contender(
    "ecs-release",
    _ours,
    DESTROY,
    (Way("as it comes"), Way("as `make destroy` does it", environment=NO_CHECKPOINTS)),
)
STOCK = Contender(
    "stock provider, pulumi",
    _stock,
    DESTROY,
    (
        Way("as it comes"),
        Way("`--parallel 64`", ("--parallel", "64")),
        Way("`--parallel 64`, no checkpoints", ("--parallel", "64"), NO_CHECKPOINTS),
    ),
)


def terraform(provider: Path) -> Contender | None:
    """The terraform command with the provider that was built; None where there is no such command."""
    if not shutil.which("terraform"):
        return None

    def set_up(scene: Scene, count: int) -> None:
        _write_terraform(scene, provider, count)
        scene.set_up("terraform", "apply", "-auto-approve", "-input=false", "-no-color", "-parallelism=512")

    ways = (Way("as it comes"), Way("`-parallelism=64`", ("-parallelism=64",)))
    command = ("terraform", "destroy", "-auto-approve", "-input=false", "-no-color")
    return Contender("stock provider, terraform", set_up, command, ways)


def _write_terraform(scene: Scene, provider: Path, count: int) -> None:
    written = yaml.safe_load(scene.stage.config.read_text())
    endpoints = written["config"]["alicloud:endpoints"][0]
    lines = "\n".join(f'    {product} = "{address}"' for product, address in endpoints.items())
    program = TERRAFORM_PROGRAM.format(count=count, image=IMAGE, disk=DISK_GIB, endpoints=lines)
    (scene.stage.project / "main.tf").write_text(program)
    # Read instead of the user's own, which would have the registry asked for the provider.
    settings = scene.stage.project / "terraformrc"
    settings.write_text(TERRAFORM_RC.format(folder=provider.parent))
    keys = {"ALICLOUD_ACCESS_KEY": "emulator", "ALICLOUD_SECRET_KEY": "emulator"}
    scene.stage.environment.update(keys, TF_CLI_CONFIG_FILE=str(settings), CHECKPOINT_DISABLE="1")
