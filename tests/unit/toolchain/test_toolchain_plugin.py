"""The alicloud plugin: whose PULUMI_HOME holds it, how it gets there, and that it matches the Python SDK."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.unit.toolchain.pretended_machine import Machine
from toolchain import alicloud_plugin, official
from toolchain.place import this_place
from toolchain.pulumi_program import Pulumi
from toolchain.setup import recorded

# Does what `plugin install` does, as far as the toolchain looks.
PULUMI = f"""#!/bin/sh
echo "pulumi $@" >> "$CALLS"
mkdir -p "$PULUMI_HOME/plugins/resource-alicloud-v{alicloud_plugin.VERSION}"
echo plugin > "$PULUMI_HOME/plugins/resource-alicloud-v{alicloud_plugin.VERSION}/pulumi-resource-alicloud"
"""
LISTS = (5, 7)  # the bridge's numbers for Terraform's list and set


def _pulumi(machine: Machine, is_the_users: bool) -> Pulumi:
    return Pulumi(machine.add("pulumi", PULUMI).parent, is_the_users)


def test_the_users_pulumi_keeps_the_users_plugin(machine: Machine) -> None:
    plugin = alicloud_plugin.plugin_in(Path(machine.environment["PULUMI_HOME"]))
    plugin.parent.mkdir(parents=True)
    plugin.write_text("plugin")
    home = alicloud_plugin.find_or_get(machine.place, _pulumi(machine, is_the_users=True))
    assert home == machine.place.users_pulumi_home
    assert machine.called() == ""


def test_a_pulumi_of_ours_never_works_in_the_users_home(machine: Machine, go: Path) -> None:
    home = alicloud_plugin.find_or_get(machine.place, _pulumi(machine, is_the_users=False))
    assert home.is_relative_to(machine.place.cache.folder)
    assert not machine.place.users_pulumi_home.exists()


def test_the_official_plugin_comes_before_the_build(
    machine: Machine, go: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(official, "reachable", lambda: True)
    home = alicloud_plugin.find_or_get(machine.place, _pulumi(machine, is_the_users=False))
    assert alicloud_plugin.plugin_in(home).exists()
    assert machine.called().splitlines() == [
        f"pulumi plugin install resource alicloud v{alicloud_plugin.VERSION}"
    ]


def test_the_build_is_installed_from_its_file_and_not_kept_twice(machine: Machine, go: Path) -> None:
    home = alicloud_plugin.find_or_get(machine.place, _pulumi(machine, is_the_users=False))
    built, installed = machine.called().splitlines()
    assert built.startswith("build ")
    assert f"v{alicloud_plugin.VERSION} --file " in installed
    assert [file.name for file in home.iterdir()] == ["plugins"]


def test_a_plugin_on_path_counts_in_its_exact_version_only(machine: Machine, go: Path) -> None:
    pulumi = _pulumi(machine, is_the_users=True)
    machine.add("pulumi-resource-alicloud", "#!/bin/sh\necho 3.100.0\n")
    assert alicloud_plugin.find_or_get(machine.place, pulumi) != machine.place.users_pulumi_home
    machine.add("pulumi-resource-alicloud", f"#!/bin/sh\necho {alicloud_plugin.VERSION}\n")
    assert alicloud_plugin.find_or_get(machine.place, pulumi) == machine.place.users_pulumi_home


def test_the_version_is_that_of_the_python_package_and_of_the_go_program() -> None:
    root = Path(__file__).parents[3]
    assert f'version = "{alicloud_plugin.VERSION}"' in (root / "toolchain/plugin/main.go").read_text()
    assert f"pulumi-alicloud=={alicloud_plugin.VERSION} " in (root / "requirements/run.lock").read_text()


def _provider_information() -> dict[str, Any]:
    tools = recorded(this_place(os.environ))
    assert tools is not None, "the tools are not set up: run `make toolchain` first"
    plugin = alicloud_plugin.plugin_in(Path(tools["PULUMI_HOME"]))
    printed = subprocess.run([plugin, "-get-provider-info"], check=True, capture_output=True).stdout
    return dict(json.loads(printed))


def _takes_a_list(arguments: type, field: str) -> bool:
    parameters = inspect.signature(arguments).parameters
    return "Sequence" in str(parameters[field].annotation)


def _arguments_of(token: str) -> type:
    """The SDK's class for a token like `alicloud:ecs/eipAddress:EipAddress`."""
    import pulumi_alicloud

    _, member, name = token.split(":")
    arguments: type = getattr(getattr(pulumi_alicloud, member.split("/")[0]), f"{name}Args")
    return arguments


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_single_and_listed_fields_are_those_of_the_python_sdk() -> None:
    information = _provider_information()
    for resource, served in information["resources"].items():
        arguments = _arguments_of(served["tok"])
        overrides = information["resources"][resource].get("fields", {})
        for field, schema in information["provider"]["resources"][resource].items():
            if schema["type"] not in LISTS or field not in inspect.signature(arguments).parameters:
                continue
            single = overrides.get(field, {}).get("maxItemsOne", schema.get("maxItems") == 1)
            assert _takes_a_list(arguments, field) is not single, f"{resource}.{field}"
