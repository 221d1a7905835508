"""Every stack file and every example parses, and the page's table is the schema's."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_mock import MockerFixture

from stacks import reference
from stacks.load import Context, config_file, load
from stacks.problems import allowed_at
from stacks.schema import Environment

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / reference.PAGE).read_text(encoding="utf-8")
# By name: a stack that somebody tries out beside these writes its own file there.
STACKS = ("local", "dev", "staging", "prod")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def config_of(stack: str) -> dict[str, Any]:
    """The config in a stack's file."""
    document = yaml.safe_load((ROOT / config_file(stack)).read_text(encoding="utf-8"))
    return dict(document["config"])


def environment_of(stack: str) -> Environment:
    """The environment in a stack's file."""
    return load(config_of(stack), Context(stack, folder=ROOT)).environment


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_file_has_no_problem_no_key_and_no_date(stack: str) -> None:
    assert environment_of(stack)
    text = (ROOT / config_file(stack)).read_text(encoding="utf-8")
    assert "secure:" not in text
    # A date would pass, and the stack would end with it.
    assert " at:" not in text
    assert "{at:" not in text


def test_the_local_stack_speaks_to_the_emulator_only_and_states_what_it_shows() -> None:
    config = config_of("local")
    (hosts,) = config["alicloud:endpoints"]
    assert set(hosts.values()) == {"127.0.0.1:8443"}
    assert {"ecs", "vpc", "ram", "sts", "bssopenapi", "location", "resourcemanager", "tag"} <= set(hosts)
    (group,) = config["ecs-release:environment"]["groups"].values()
    assert {"count", "deletion_protection"} <= set(group)
    assert "max_instances" in group["release"]


def test_production_is_protected_limited_and_keeps_its_data() -> None:
    groups = environment_of("prod").groups.values()
    assert all(group.release.max_instances for group in groups)
    assert all(group.is_protected for group in groups if group.billing == "pay-as-you-go")
    assert not any(disk.release_with_instance for group in groups for disk in group.data_disks)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_has_no_problem(example: str) -> None:
    assert load(yaml.safe_load(example)["config"], Context("example"))


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) >= 2


def test_the_table_is_the_schemas() -> None:
    assert reference.with_table(PAGE) == PAGE, "run `python -m stacks.reference`"


def test_every_field_says_what_it_costs_and_what_is_allowed() -> None:
    for path, field in reference.rows():
        assert field.description, path
        assert "|" not in f"{field.description}{allowed_at(field)}", path


@pytest.mark.parametrize(("page", "code"), [(PAGE, 0), (f"{reference.BEGIN}\nold\n{reference.END}\n", 1)])
def test_writing_the_page_says_whether_it_changed(
    tmp_path: Path, mocker: MockerFixture, page: str, code: int
) -> None:
    path = tmp_path / "environment.md"
    path.write_text(page, encoding="utf-8")
    mocker.patch.object(reference, "PAGE", path)
    assert reference.main() == code
    assert reference.table() in path.read_text(encoding="utf-8")
