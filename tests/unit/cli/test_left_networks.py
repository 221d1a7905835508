"""survivors: the parts of a network that a broken-off `up` made and no state records."""

import json
from typing import Any

import pytest
from pytest_mock import MockerFixture

from ecs_release.cli import left_networks
from ecs_release.cli.state import NoSuchStack, StateUnavailable, export_stack, recorded_ids
from ecs_release.domain.networks import SECURITY_GROUP, VPC, VSWITCH, NetworkFacts
from ecs_release.gateway.errors import CannotCall, CloudError, Malformed, NoPermission, Refused
from tests.unit.cli.test_survivors import called, left, listed
from tests.unit.fake_gateway import FakeGateway

MARK = "ecs-release shop/t"
VPC_LEFT = NetworkFacts(VPC, "vpc-1", "t-environment-vpc", MARK, "vpc-1")
SWITCH_LEFT = NetworkFacts(VSWITCH, "vsw-1", "t-environment-vswitch", MARK, "vpc-1")
GROUP_LEFT = NetworkFacts(SECURITY_GROUP, "sg-1", "t-environment-security-group", MARK, "vpc-1")


def state(mocker: MockerFixture, *ids: str, error: Exception | None = None) -> Any:
    """What the stack's state records, or why it cannot be had."""
    resources = [{"type": "a:b/c:D", "id": id_, "delete": id_ == "sg-1"} for id_ in ids]
    text = json.dumps({"deployment": {"resources": [{"type": "pulumi:pulumi:Stack"}, *resources]}})
    return mocker.patch.object(left_networks, "export_stack", return_value=text, side_effect=error)


@pytest.fixture
def network(project: FakeGateway) -> FakeGateway:
    project.networks.found += [GROUP_LEFT, SWITCH_LEFT, VPC_LEFT]
    return project


@pytest.mark.parametrize(
    ("recorded", "found"),
    [
        ((), {"vpc-1", "vsw-1", "sg-1"}),
        (("vpc-1",), {"vsw-1", "sg-1"}),
        # Marked in the state for deletion is recorded as well.
        (("vpc-1", "sg-1"), {"vsw-1"}),
        (("vpc-1", "sg-1", "vsw-1"), set()),
    ],
)
def test_what_the_state_does_not_record_is_listed(
    network: FakeGateway, mocker: MockerFixture, recorded: tuple[str, ...], found: set[str]
) -> None:
    state(mocker, *recorded)
    rows = listed()
    assert set(rows) == found
    assert all(row["why"].endswith("its state does not record it") for row in rows.values())


@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("t-environment-vpc", ""),
        ("t-environment-vpc", "ecs-release shop/t2"),
        ("t-environment-vpc", "ecs-release cart/t"),
        ("t-environment-vpc", f"{MARK} once"),
        ("of somebody-vpc", MARK),
        ("t-environment-vswitch", MARK),
        ("", MARK),
    ],
)
def test_what_is_not_marked_or_not_named_so_is_nobodys(
    project: FakeGateway, mocker: MockerFixture, name: str, description: str
) -> None:
    project.networks.found.append(NetworkFacts(VPC, "vpc-1", name, description, "vpc-1"))
    asked = state(mocker)
    assert listed() == {}
    # Nothing is marked, so no state is needed.
    assert asked.call_count == 0


def test_without_a_stack_everything_marked_is_left_and_that_is_said(
    network: FakeGateway, mocker: MockerFixture
) -> None:
    state(mocker, error=NoSuchStack("no"))
    rows = listed()
    assert set(rows) == {"vpc-1", "vsw-1", "sg-1"}
    assert all("which the backend does not know" in row["why"] for row in rows.values())


def test_without_a_readable_state_no_network_is_named_and_the_rest_is(
    network: FakeGateway, mocker: MockerFixture
) -> None:
    left(network, tags=(("ecs-release:project", "shop"), ("ecs-release:stack", "t")))
    state(mocker, error=StateUnavailable("the backend is away"))
    result = called("survivors", "--json")
    assert (result.exit_code, [row["id"] for row in json.loads(result.stdout)]) == (0, ["d-1"])
    assert "note: whether a part of a network is left cannot be told: the backend is away" in result.stderr
    refused = called("survivors", "--release", "vpc-1")
    assert (refused.exit_code, network.calls) == (1, [])


@pytest.mark.parametrize(
    ("error", "code"), [(NoPermission("F", "no"), 0), (CannotCall("", "no"), 0), (Malformed("", "no"), 1)]
)
def test_a_missing_right_or_endpoint_is_said_and_a_malformed_reply_is_an_error(
    project: FakeGateway, error: CloudError, code: int
) -> None:
    project.networks.forbidden = error
    result = called("survivors")
    assert (result.exit_code, result.stderr.count("\n")) == (code, 1)
    assert result.stderr.startswith("error: " if code else "note: ")


def test_a_vpc_is_deleted_after_what_is_in_it(network: FakeGateway, mocker: MockerFixture) -> None:
    state(mocker)
    chosen = [word for id_ in ("vpc-1", "vsw-1", "sg-1") for word in ("--release", id_)]
    assert called("survivors", *chosen, typed="no\n").exit_code == 1
    assert network.calls == []
    assert called("survivors", *chosen, typed="release 3\n").exit_code == 0
    assert [ids for _, ids in network.calls] == [("vsw-1",), ("sg-1",), ("vpc-1",)]


def test_a_vpc_with_something_in_it_is_refused_by_the_cloud_and_shown(
    network: FakeGateway, mocker: MockerFixture
) -> None:
    state(mocker)
    refusal = Refused("DependencyViolation.VSwitch", "no", "R", "DeleteVpc", about="vpc-1")
    network.leftovers.fails["vpc-1"] = refusal
    result = called("survivors", "--release", "vpc-1", typed="release 1\n")
    assert (result.exit_code, "DependencyViolation.VSwitch" in result.stdout) == (1, True)


def test_one_in_motion_is_not_deleted(project: FakeGateway, mocker: MockerFixture) -> None:
    state(mocker)
    project.networks.found.append(NetworkFacts(VPC, "vpc-1", VPC_LEFT.name, MARK, "vpc-1", "Pending"))
    result = called("survivors", "--release", "vpc-1")
    assert (result.exit_code, project.calls, "Pending" in result.stderr) == (1, [], True)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("error: no stack named 't' found", NoSuchStack),
        ("error: unable to open state directory", StateUnavailable),
    ],
)
def test_a_stack_that_is_not_there_is_told_from_a_backend_that_is_not(
    mocker: MockerFixture, said: str, kind: type[StateUnavailable]
) -> None:
    mocker.patch("shutil.which", return_value="/bin/pulumi")
    mocker.patch("subprocess.run", return_value=mocker.Mock(returncode=1, stderr=said))
    with pytest.raises(StateUnavailable) as raised:
        export_stack("t")
    assert raised.type is kind


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"deployment": {"resources": [{"id": "vpc-1"}]}}'])
def test_a_state_of_another_form_records_nothing_that_could_be_told(text: str) -> None:
    with pytest.raises(StateUnavailable):
        recorded_ids(text)


def test_an_empty_state_records_nothing() -> None:
    assert recorded_ids('{"version": 3, "deployment": {"manifest": {}}}') == frozenset()
