"""The gateway against the emulator, over its port only: do the two sides read the documentation alike?"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ecs_release.domain.facts import CLAIMED_TAG, GROUP_ID_TAG, UNRECORDED_TAG, Charge, Cloud, Status
from ecs_release.gateway.errors import CloudError, Malformed, NoPermission, NotFound, Refused
from ecs_release.gateway.gateway import Gateway
from tests.unit.gateway.emulated import ROOT, World, emulator

pytestmark = pytest.mark.timeout(120)
SUBSCRIPTION: dict[str, Any] = {"InstanceChargeType": "PrePaid", "Period": 1, "PeriodUnit": "Month"}
WHO = (
    "from ecs_release.domain.facts import Cloud; from ecs_release.gateway.gateway import Gateway; import sys;"
    "h = sys.argv[1]; print(Gateway(Cloud('cn-hangzhou', 'HTTP', h, h, h)).identity().account)"
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with emulator(tmp_path_factory.mktemp("emulator") / "world.db") as found:
        yield found


@pytest.fixture
def world(address: str) -> World:
    return World(address)


@pytest.fixture
def subject(keys: None, world: World) -> Gateway:
    return Gateway(Cloud("cn-hangzhou", "HTTP", *[world.address] * 3), patience=20)


def who(address: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A process of its own: the SDK reads the environment once. This machine is asked for no role."""
    plain = {"PATH": os.environ["PATH"], "HOME": str(home), "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}
    command = [sys.executable, "-c", WHO, address]
    return subprocess.run(
        command, cwd=ROOT, env=plain | environment, capture_output=True, text=True, check=False
    )


def test_credentials_come_from_the_default_chain(world: World, tmp_path: Path) -> None:
    keys = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "emulator-b", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "emulator-b"}
    assert who(world.address, tmp_path, **keys).stdout.strip() == "1000000000000002"


def test_no_credentials_end_at_once_with_what_to_do(world: World, tmp_path: Path) -> None:
    began = time.monotonic()
    done = who(world.address, tmp_path)
    assert time.monotonic() - began < 12
    assert "no credentials were found; set ALIBABA_CLOUD_ACCESS_KEY_ID" in done.stderr.splitlines()[-1]


def test_an_unknown_key_is_refused_by_name(world: World, tmp_path: Path) -> None:
    keys = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "unknown", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "hidden"}
    done = who(world.address, tmp_path, **keys)
    assert "NoPermission: GetCallerIdentity: " in done.stderr
    assert "hidden" not in done.stderr


def test_an_instance_lives_and_ends(world: World, subject: Gateway) -> None:
    (instance_id,) = world.run()
    (facts,) = subject.find_instances([instance_id, "i-unknown"])
    assert (facts.status, facts.charge) == (Status.RUNNING, Charge.PAY_AS_YOU_GO)
    assert (facts.tag(GROUP_ID_TAG), facts.disks) == ("g-1", ())
    assert not subject.is_released(instance_id)
    assert subject.release_instances([instance_id], force=True, terminate_subscription=False)
    world.later()
    assert subject.find_instances([instance_id]) == ()
    assert subject.is_released(instance_id)
    with pytest.raises(NotFound):
        subject.release_instances([instance_id], force=True, terminate_subscription=False)


def test_the_clouds_time_is_the_emulators(world: World, subject: Gateway) -> None:
    world.later("P40D")
    subject.identity()
    assert subject.cloud_time() - datetime.now(UTC) > timedelta(days=39)


def test_a_large_group_is_found_on_all_pages(world: World, subject: Gateway) -> None:
    ids = world.run(100) + world.run(30)
    world.run(3, group_id="g-2")
    assert {facts.instance_id for facts in subject.find_group("g-1")} == set(ids)
    assert {facts.instance_id for facts in subject.find_instances(ids)} == set(ids)
    assert len(subject.disks_of(ids)) == 260


def test_marks_are_set_and_taken_off(world: World, subject: Gateway) -> None:
    first, second = world.run(2)
    subject.tag_instances([first], {UNRECORDED_TAG: "true", CLAIMED_TAG: first})
    (marked,) = subject.find_marked("g-1")
    assert (marked.instance_id, marked.tag(CLAIMED_TAG)) == (first, first)
    subject.untag_instances([first, second], [GROUP_ID_TAG, UNRECORDED_TAG])
    assert subject.find_group("g-1") == ()


def test_disks_are_found_and_kept(world: World, subject: Gateway) -> None:
    (instance_id,) = world.run()
    system, data = sorted(subject.disks_of([instance_id]), key=lambda disk: disk.kind, reverse=True)
    assert (system.delete_with_instance, data.delete_with_instance, data.size_gib) == (True, True, 40)
    both = [system.disk_id, data.disk_id]
    assert len(subject.set_disk_flags(both, delete_with_instance=False, delete_auto_snapshot=None)) == 1
    subject.release_instances([instance_id], force=True, terminate_subscription=False)
    world.later()
    left = subject.find_disks([*both, "d-unknown"])
    assert [(disk.instance_id, disk.status) for disk in left] == [("", "Available")] * 2


def test_a_release_time_is_set_read_and_cancelled(world: World, subject: Gateway) -> None:
    (instance_id,) = world.run()
    when = (datetime.now(UTC) + timedelta(days=2)).replace(second=0, microsecond=0)
    subject.set_release_time(instance_id, when)
    assert subject.find_instances([instance_id])[0].auto_release_at == when
    subject.set_release_time(instance_id, None)
    assert subject.find_instances([instance_id])[0].auto_release_at is None
    with pytest.raises(NotFound):
        subject.set_release_time("i-unknown", when)


def test_a_subscription_is_read_and_ended(world: World, subject: Gateway) -> None:
    (instance_id,) = world.run(**SUBSCRIPTION)
    (facts,) = subject.find_instances([instance_id])
    assert (facts.charge, facts.expires_at is not None) == (Charge.SUBSCRIPTION, True)
    assert subject.renewals([instance_id]) == {instance_id: "ManualRenewal"}
    with pytest.raises(Refused, match="ChargeTypeViolation"):
        subject.release_instances([instance_id], force=True, terminate_subscription=False)
    world.control("events", {"expire": instance_id})
    subject.release_instances([instance_id], force=True, terminate_subscription=True)


def test_a_missing_right_is_told_from_an_empty_answer(world: World, subject: Gateway) -> None:
    assert subject.may_look()
    world.fails("DescribeInstances", status=403, code="Forbidden.RAM", message="not you")
    assert not subject.may_look()
    world.fails("DescribeInstanceAttribute", status=403, code="Forbidden.RAM", message="not you")
    with pytest.raises(NoPermission):
        subject.is_released("i-1")


def test_a_lost_reply_releases_once(world: World, subject: Gateway) -> None:
    (instance_id,) = world.run()
    world.fails("DeleteInstances", drop="reply")
    assert subject.release_instances([instance_id], force=True, terminate_subscription=False)
    calls = [call for call in world.control("requests") if call["action"] == "DeleteInstances"]
    assert len({call["parameters"]["ClientToken"] for call in calls}) == 1
    assert (len(calls), calls[0]["user_agent"].endswith("ecs-release/0.1.0")) == (2, True)


@pytest.mark.parametrize("body", ["{}", "", '{"RequestId": "R", "Instances": {}}', '{"RequestId": "R", "Ins'])
def test_a_mangled_reply_is_never_an_empty_one(world: World, subject: Gateway, body: str) -> None:
    world.fails("DescribeInstances", status=200, body=body)
    with pytest.raises(Malformed):
        subject.find_group("g-1")


@pytest.mark.parametrize(("status", "code"), [(400, "Throttling.User"), (503, "ServiceUnavailable")])
def test_a_passing_fault_is_outlasted(world: World, subject: Gateway, status: int, code: str) -> None:
    world.fails("DescribeInstances", status=status, code=code, message="wait")
    world.fails("DescribeInstances", drop="request")
    assert subject.find_group("g-1") == ()


def test_a_protected_instance_is_refused_by_name(world: World, subject: Gateway) -> None:
    (instance_id,) = world.run(DeletionProtection="true")
    assert subject.find_instances([instance_id])[0].deletion_protection
    with pytest.raises(CloudError, match=rf"DeleteInstances of {instance_id}: .*DeletionProtection, request"):
        subject.release_instances([instance_id], force=True, terminate_subscription=False)
