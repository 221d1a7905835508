"""The program itself: its config, its exports, and how it ends on a wrong config."""

import json
import runpy
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from pytest_mock import MockerFixture

from components.settings import load_settings

ROOT = Path(__file__).parents[3]


def config_of(stack: str) -> dict[str, str]:
    """A stack's config as the CLI hands it over."""
    config = yaml.safe_load((ROOT / f"stacks/Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"]
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}


def run_program() -> None:
    """The program as the language host runs it."""
    runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")


@pytest.mark.parametrize("stack", ["local", "dev", "staging", "prod"])
def test_every_stack_is_declared_and_exports_ids_and_addresses(
    declare: Any, mocker: MockerFixture, stack: str
) -> None:
    export = mocker.patch("pulumi.export")
    pulumi.runtime.set_all_config(config_of(stack))
    declared = declare(run_program, stack=stack)
    groups = json.loads(config_of(stack)["ecs-release:environment"])["groups"]
    assert {call.args[0] for call in export.call_args_list} == set(groups)
    assert all(set(call.args[1]) == {"instance_ids", "public_ips"} for call in export.call_args_list)
    assert len(declared.of("alicloud:ecs/instance:Instance")) == sum(
        group["count"] for group in groups.values()
    )


def test_a_wrong_config_ends_the_program_with_all_its_lines(declare: Any) -> None:
    wrong = {"ecs-release:enviroment": "{}", "alicloud:secretKey": "x"}
    pulumi.runtime.set_all_config({**config_of("dev"), **wrong})
    with pytest.raises(pulumi.RunError) as caught:
        declare(load_settings, stack="dev")
    lines = str(caught.value).splitlines()
    assert lines[0] == "the config cannot be used"
    assert [line.split(": ")[:2] for line in lines[1:]] == [
        ["stacks/Pulumi.dev.yaml", "ecs-release:enviroment"],
        ["stacks/Pulumi.dev.yaml", "alicloud:secretKey"],
    ]


def test_a_set_clock_is_for_previews_where_the_cloud_is_real(declare: Any) -> None:
    pulumi.runtime.set_all_config({**config_of("dev"), "ecs-release:now": "2030-01-01T00:00:00Z"})
    declare(load_settings, stack="dev", preview=True)
    with pytest.raises(pulumi.RunError, match=r"ecs-release:now: .*only in a preview"):
        declare(load_settings, stack="dev")


def test_the_example_of_a_program_of_ones_own_runs(declare: Any) -> None:
    page = (ROOT / "docs/environment.md").read_text(encoding="utf-8")
    program = page.partition("```python\n")[2].partition("```")[0]
    declared = declare(lambda: exec(compile(program, "docs/environment.md", "exec"), {}))
    assert len(declared.of("alicloud:ecs/instance:Instance")) == 2
