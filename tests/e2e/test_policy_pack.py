"""The policy pack by the real CLI: what it rejects never reaches the cloud, what is good passes."""

import json
from typing import Any

import pytest

from tests.e2e.cloud import ROOT
from tests.e2e.conftest import Worlds
from tests.e2e.world import Result, World, group

PACK = ("--policy-pack", str(ROOT / "policy"))
GOOD_RELEASE = {"approval": "plan", "backup": "snapshots"}
KEPT = {"release_with_instance": False}
BOX: dict[str, Any] = {"deletion_protection": False, "release": {"schedule": {"after": "8h"}}}


def production(release: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A group that every rule for production lets pass, but for what is changed."""
    return group(1, deletion_protection=True, **changes, release={**GOOD_RELEASE, **(release or {})})


def faultless(stack: str) -> dict[str, Any]:
    """A group that no rule for this stack forbids."""
    return group(1, **BOX) if stack.startswith(("dev", "test")) else production()


def of_stack(worlds: Worlds, stack: str, **groups: dict[str, Any]) -> World:
    """A stack of this name that declares these groups, of which nothing exists."""
    world = worlds.empty()
    world.stack, world.groups = stack, groups
    assert world.pulumi("stack", "init", stack).code == 0
    return world


def configured(world: World, config: dict[str, Any]) -> tuple[str, ...]:
    """The pack with levels and limits of its own."""
    file = world.folder / "policy.json"
    file.write_text(json.dumps(config))
    return (*PACK, "--policy-pack-config", str(file))


def reported(result: Result) -> set[tuple[str, str]]:
    """Level and name of each rule that was violated."""
    lines = [line.split() for line in result.output.splitlines() if line.lstrip().startswith("- [")]
    return {(words[1].strip("[]"), words[2]) for words in lines}


FORBIDDEN: list[tuple[str, str, dict[str, Any], str]] = [
    (
        "production-protection",
        "prod",
        production() | {"deletion_protection": False},
        "web: web-0: deletion_protection: false: whoever may release can end it; declare deletion_protection",
    ),
    (
        "production-protection",
        "eu-production",
        production({"on_protected": "lift"}),
        "web: on_protected: lift: a release takes its protection off by itself; declare on_protected: refuse",
    ),
    (
        "production-approval",
        "prod",
        production({"approval": "none"}),
        "web: approval: none: it can be released without anybody having seen the plan; declare approval",
    ),
    (
        "production-schedule",
        "production",
        production({"schedule": {"after": "8h"}, "backup": "none"}, system_disk=KEPT),
        "web: schedule 8h after its creation: the cloud releases it by itself then, protected or not, and"
        " asks nobody; remove the schedule",
    ),
    (
        "production-disks",
        "prod",
        production({"backup": "none"}),
        "web: disks system with release_with_instance: true and backup: none: their data are lost with the"
        " instance; declare backup: snapshots or image",
    ),
    (
        "development-end",
        "dev-7",
        group(1),
        "web: no schedule: it bills until somebody remembers to end it; declare a schedule",
    ),
    (
        "development-end",
        "test",
        group(1, release={"schedule": {"after": "31d"}}),
        "web: schedule 31d after its creation: it ends later than the 30d that are allowed; declare an",
    ),
    (
        "group-size",
        "staging",
        group(101),
        "web: count: 101: at most 100 instances are allowed in a group; lower count",
    ),
]


@pytest.mark.parametrize(("rule", "stack", "declared", "said"), FORBIDDEN)
def test_what_a_rule_forbids_is_rejected_by_the_preview(
    worlds: Worlds, rule: str, stack: str, declared: dict[str, Any], said: str
) -> None:
    world = of_stack(worlds, stack, web=declared, other=faultless(stack))
    result = world.preview(*PACK)
    assert result.code != 0
    assert reported(result) == {("mandatory", rule)}
    assert said in result.output
    assert world.cloud.changing() == []
