"""doctor --policy: documents out of the stack's file alone."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_mock import MockerFixture
from typer.testing import CliRunner, Result

from ecs_release.cli import diagnosis, main
from tests.unit.cli.test_doctor import diagnosed
from tests.unit.fake_gateway import FakeGateway

RUNNER = CliRunner()
GROUP: dict[str, Any] = {"count": 1, "instance_type": "ecs.g7.large", "image": "image-1"}
EXISTING = {"vswitch": "vsw-1", "security_groups": ["sg-1"]}


@pytest.fixture
def declare(project: FakeGateway, mocker: MockerFixture) -> Any:
    """Writes the stack's file; nothing may ask a cloud or a state."""
    mocker.patch.object(diagnosis, "Gateway", side_effect=AssertionError("no cloud"))
    mocker.patch("subprocess.run", side_effect=AssertionError("no state"))

    def write(**groups: dict[str, Any]) -> None:
        environment = {"network": EXISTING, "groups": {name: {**GROUP, **g} for name, g in groups.items()}}
        config = {"alicloud:region": "cn-beijing", "ecs-release:environment": environment}
        Path("stacks/Pulumi.t.yaml").write_text(yaml.safe_dump({"config": config}))

    return write


def asked(*arguments: str) -> Result:
    return RUNNER.invoke(main.app, ["doctor", "--stack", "t", *arguments])


def actions(*arguments: str, effect: str = "Allow") -> set[str]:
    result = asked("--policy", *arguments)
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)["Statement"]
    return {action for one in found if one["Effect"] == effect for action in one["Action"]}


def test_the_least_of_a_destroy_follows_the_terms(declare: Any) -> None:
    declare(web={})
    plain = actions()
    assert "ecs:DeleteInstances" in plain
    declare(web={"release": {"backup": "image", "on_protected": "lift"}})
    assert actions() - plain == {"ecs:CreateImage", "ecs:DescribeImages", "ecs:ModifyInstanceAttribute"}
    declare(web={"public_ip": {"bandwidth_mbps": 5, "on_release": "keep"}})
    assert actions() - plain == {"ecs:ConvertNatPublicIpToEip", "vpc:DescribeEipAddresses"}


def test_a_command_may_be_named(declare: Any) -> None:
    declare(web={})
    assert actions("--command", "status") == {"ecs:DescribeInstances"}
    assert "ecs:DeleteDisk" in actions("--command", "survivors --release")
    nothing = asked("--policy", "--command", "journal")
    assert (nothing.exit_code, nothing.stdout) == (11, "")
    assert "journal needs no right" in nothing.stderr


def test_a_role_is_passed_on_by_its_name(declare: Any) -> None:
    declare(web={"ram_role": "web"}, db={"ram_role": "db"}, batch={})
    document = json.loads(asked("--policy", "--command", "up").stdout)
    (statement,) = [one for one in document["Statement"] if "ram:PassRole" in one["Action"]]
    assert statement["Resource"] == ["acs:ram:*:*:role/db", "acs:ram:*:*:role/web"]
    assert "ram:PassRole" not in actions()


def test_a_network_that_exists_is_nobodys_to_delete(declare: Any) -> None:
    declare(web={})
    assert "vpc:DeleteVpc" not in actions()
    text = Path("stacks/Pulumi.t.yaml").read_text()
    made = yaml.safe_dump({"cidr": "10.8.0.0/16", "zone": "cn-beijing-b"}, default_flow_style=True).strip()
    existing = text[text.index("network:") : text.index("kind:") if "kind:" in text else len(text)]
    Path("stacks/Pulumi.t.yaml").write_text(text.replace(existing, f"network: {made}\n"))
    assert "vpc:DeleteVpc" in actions()


def test_the_two_roles(declare: Any) -> None:
    declare(web={})
    assert "ecs:ModifyInstanceAttribute" in actions("--role", "releaser", effect="Deny")
    assert "ecs:DeleteInstances" in actions("--role", "protector", effect="Deny")
    declare(web={"release": {"on_protected": "lift"}})
    refused = asked("--policy", "--role", "releaser")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "groups.web.release.on_protected" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--role", "releaser"), 2, "--policy"),
        (("--command", "plan"), 2, "--policy"),
        (("--policy", "--role", "releaser", "--command", "plan"), 1, "one of them"),
        (("--policy", "--command", "reboot"), 2, "reboot"),
    ],
)
def test_what_does_not_go_together_is_refused(
    declare: Any, arguments: tuple[str, ...], code: int, words: str
) -> None:
    declare(web={})
    result = asked(*arguments)
    assert (result.exit_code, words in result.stderr) == (code, True)


def test_what_is_too_long_for_ram_is_said(declare: Any) -> None:
    groups = {f"{'g' * 36}{n:03}": {"release": {"backup": "snapshots"}} for n in range(160)}
    declare(**groups)
    result = asked("--policy")
    assert "6144" in result.stderr
    assert json.loads(result.stdout)["Version"] == "1"


def test_a_narrowed_right_cannot_be_told_without_a_member(
    project: FakeGateway, mocker: MockerFixture
) -> None:
    project.refused_rights |= {"ecs:DeleteInstances", "ecs:DescribeDisks"}
    mocker.patch.object(diagnosis, "export_stack", return_value='{"deployment": {}}')
    found = diagnosed()
    assert found["right ecs:DeleteInstances"]["result"] == "unknown"
    assert found["right ecs:DescribeDisks"]["result"] == "WRONG"
