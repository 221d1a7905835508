"""What random requests and the model have found, each as one small case."""

from __future__ import annotations

import pytest

from tests.emulator.cloud import Cloud
from tests.emulator.ram import allow, user

SOON = "2026-06-15T12:00:00Z"


@pytest.mark.parametrize("kind", ["a b", "a b c", " ", "  instance", "\u4e2d \u4e2d"])
def test_a_type_with_spaces_is_no_failure(cloud: Cloud, kind: str) -> None:
    alice = user(cloud, "alice", allow("ecs:Describe*"))
    cloud.control("settings", {"enforce_ram": True})
    order = {"ResourceType": kind, "ResourceId.1": "vpc-0", "Tag.1.Key": "a", "Tag.1.Value": "b"}
    assert alice.call("TagResources", order).outcome == "403 Forbidden.RAM"
    assert cloud.call("TagResources", order).outcome == "404 InvalidResourceType.NotFound"


@pytest.mark.parametrize("time", ["tomorrow", "2026-06-15T10:15:00Z"])
def test_a_malformed_release_time_is_refused_before_the_instance_is_looked_for(
    cloud: Cloud, time: str
) -> None:
    answer = cloud.call("ModifyInstanceAutoReleaseTime", {"InstanceId": "i-0", "AutoReleaseTime": time})
    assert answer.outcome == "400 InvalidAutoReleaseTime.Malformed"


def test_a_release_time_that_passed_in_arrears_is_honoured_at_the_payment_not_before(cloud: Cloud) -> None:
    instance = cloud.run({"AutoReleaseTime": SOON})
    cloud.event(overdue=True)
    cloud.advance("P1D")
    cloud.event(overdue=False)
    assert cloud.instance(instance)["Status"] == "Stopped"
    cloud.advance("PT2S")
    assert cloud.instances() == []
    released = {"LookupAttribute.1.Key": "EventName", "LookupAttribute.1.Value": "Release"}
    (event,) = cloud.good("LookupEvents", released, "Actiontrail")["Events"]
    assert event["eventTime"] >= "2026-06-16T10:00:02Z"
