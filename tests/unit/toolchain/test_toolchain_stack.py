"""What `make` runs on a stack: the pulumi command, whether it asks, and whether the policy pack judges it."""

from pathlib import Path

import pytest
from pytest_mock import MockerFixture

from toolchain import stack

PACK = ["--policy-pack", "policy", "--policy-pack-config", "stacks/policy.json"]


@pytest.mark.parametrize(
    ("command", "yes", "policy", "options"),
    [
        ("preview", False, False, []),
        ("preview", True, True, PACK),
        ("up", False, True, PACK),
        ("up", True, True, ["--yes", *PACK]),
        ("refresh", True, True, ["--yes"]),
    ],
)
def test_the_options_of_a_command(
    mocker: MockerFixture, command: str, yes: bool, policy: bool, options: list[str]
) -> None:
    call = mocker.patch.object(stack, "_call", return_value=0)
    assert stack.run(command, "prod", yes, policy) == 0
    assert call.call_args.args[0] == ["pulumi", command, "--stack", "prod", *options]


def test_the_pack_and_its_levels_are_where_they_are_said_to_be() -> None:
    assert all((Path(stack.ROOT) / name).exists() for name in (stack.PACK[1], stack.PACK[3]))
