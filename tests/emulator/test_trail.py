"""ActionTrail: trails, and what LookupEvents finds of what really happened."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.cloud import START_OF_TESTS, Cloud
from tests.emulator.states import UNKNOWN

BUCKET = {"Name": "audit-trail", "OssBucketName": "audit-logs"}


def trail(cloud: Cloud, action: str, **parameters: Any) -> dict[str, Any]:
    return cloud.good(action, parameters, "Actiontrail")


def events(cloud: Cloud, **parameters: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = trail(cloud, "LookupEvents", **parameters)["Events"]
    return found


def by(cloud: Cloud, key: str, value: str, **more: Any) -> list[dict[str, Any]]:
    condition = {"LookupAttribute.1.Key": key, "LookupAttribute.1.Value": value}
    return events(cloud, **condition, **more)


def test_an_accepted_call_is_found_with_all_that_it_was(cloud: Cloud) -> None:
    instance = cloud.run()
    reply = cloud.good("DeleteInstance", {"InstanceId": instance, "Force": True})
    (event,) = by(cloud, "EventName", "DeleteInstance")
    assert (event["eventId"], event["requestId"]) == (reply["RequestId"], reply["RequestId"])
    assert (event["eventRW"], event["eventType"], event["eventTime"]) == (
        "Write",
        "ApiCall",
        "2026-06-15T10:00:02Z",
    )
    assert event["requestParameters"] | {"InstanceId": instance, "Force": True} == event["requestParameters"]
    assert event["referencedResources"] == {"ACS::ECS::Instance": [instance]}
    assert (event["resourceName"], event["acsRegion"]) == (instance, "cn-hangzhou")
    assert event["userIdentity"]["type"] == "root-account"
    assert (event["sourceIpAddress"], event["userAgent"][:12]) == ("127.0.0.1", "python-httpx")
    assert "errorCode" not in event


def test_a_refused_call_is_found_with_its_refusal(cloud: Cloud) -> None:
    instance = cloud.run({"DeletionProtection": True})
    refused = cloud.call("DeleteInstance", {"InstanceId": instance, "Force": True})
    (event,) = by(cloud, "EventId", refused.body["RequestId"])
    assert (event["errorCode"], event["errorMessage"]) == (refused.code, refused.body["Message"])
    assert "responseElements" not in event
    paid = {"InstanceId": UNKNOWN, "ProductCode": "ecs", "ProductType": "", "ImmediatelyRelease": "1"}
    denied = cloud.call("RefundInstance", paid, "BssOpenApi")
    (event,) = by(cloud, "EventName", "RefundInstance")
    assert (denied.status, event["errorCode"]) == (200, "ResourceNotExists")


def test_what_was_made_is_referred_to_and_answered(cloud: Cloud) -> None:
    instance = cloud.run({"Tag.1.Key": "owner", "Tag.1.Value": "shop"})
    (event,) = by(cloud, "ResourceName", instance, EndTime="2026-06-15T10:00:00Z")
    assert event["eventName"] == "RunInstances"
    assert event["requestParameters"]["Tag.1.Value"] == "shop"
    assert event["responseElements"]["InstanceIdSets"]["InstanceIdSet"] == [instance]


def test_a_call_whose_reply_was_lost_is_found_and_one_that_never_arrived_is_not(cloud: Cloud) -> None:
    for drop in ("reply", "request"):
        effect = {"match": {"action": "CreateVpc", "times": 1}, "effect": {"drop": drop}}
        cloud.control("faults", effect)
        with pytest.raises(Exception, match="disconnected"):
            cloud.call("CreateVpc", product="Vpc")
    assert len(by(cloud, "EventName", "CreateVpc")) == 1


def test_secrets_are_masked_in_what_was_asked_and_answered(cloud: Cloud) -> None:
    cloud.good("CreateUser", {"UserName": "reader"}, "Ram")
    made = cloud.good("CreateAccessKey", {"UserName": "reader"}, "Ram")["AccessKey"]
    pair = cloud.good("CreateKeyPair", {"KeyPairName": "pair"})
    cloud.run({"Password": "Secret-of-mine-1"})
    text = str(events(cloud, MaxResults=50))
    for secret in (made["AccessKeySecret"], pair["PrivateKeyBody"], "Secret-of-mine-1"):
        assert secret not in text


def test_users_and_sessions_are_told_apart(cloud: Cloud) -> None:
    Cloud(cloud.url, "emulator-a-reader").call("DescribeInstances")
    (event,) = by(cloud, "User", "reader")
    assert (event["userIdentity"]["type"], event["eventRW"]) == ("ram-user", "Read")
    assert by(cloud, "EventAccessKeyId", "emulator-a-reader") == [event]
    # Another account sees nothing of this one.
    assert [one["eventName"] for one in events(Cloud(cloud.url, "emulator-b"))] == []


def test_a_release_time_is_an_event_of_the_clouds_own(cloud: Cloud) -> None:
    instance = cloud.run({"AutoReleaseTime": "2026-06-15T11:00:00Z"})
    cloud.advance("PT2H")
    first, _ = by(cloud, "ResourceName", instance)
    assert (first["eventName"], first["eventType"]) == ("Release", "AliyunServiceEvent")
    assert (first["eventTime"], first["userIdentity"]["userName"]) == (
        "2026-06-15T11:00:00Z",
        "ecs.aliyuncs.com",
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ServiceName", "Vpc"),
        ("EventName", "CreateVpc"),
        ("EventRW", "Write"),
        ("ResourceType", "ACS::VPC::VPC"),
        ("User", "root"),
    ],
)
def test_each_condition(cloud: Cloud, key: str, value: str) -> None:
    cloud.good("CreateVpc", {"CidrBlock": "10.0.0.0/16"}, "Vpc")
    assert [event["eventName"] for event in by(cloud, key, value)] == ["CreateVpc"]
    assert by(cloud, key, "something-else") == []


def pages(cloud: Cloud, **parameters: Any) -> list[list[str]]:
    found, token = [], ""
    while True:
        reply = trail(cloud, "LookupEvents", **parameters, **({"NextToken": token} if token else {}))
        found.append([event["requestParameters"]["CidrBlock"] for event in reply["Events"]])
        token = reply.get("NextToken", "")
        if not token:
            return found


@pytest.mark.parametrize("direction", ["FORWARD", "BACKWARD"])
def test_pages_in_both_directions(cloud: Cloud, direction: str) -> None:
    ranges = [f"10.{number}.0.0/16" for number in range(7)]
    for block in ranges:
        cloud.good("CreateVpc", {"CidrBlock": block}, "Vpc")
    condition = {"LookupAttribute.1.Key": "EventName", "LookupAttribute.1.Value": "CreateVpc"}
    found = pages(cloud, **condition, MaxResults=3, Direction=direction)
    wanted = ranges if direction == "FORWARD" else ranges[::-1]
    assert found == [wanted[:3], wanted[3:6], wanted[6:]]


def test_the_period_counts_whole_seconds_and_ninety_days(cloud: Cloud) -> None:
    cloud.good("CreateVpc", {"CidrBlock": "10.0.0.0/16"}, "Vpc")
    cloud.advance("P8D")
    assert by(cloud, "EventName", "CreateVpc") == []
    second = {"StartTime": START_OF_TESTS, "EndTime": START_OF_TESTS}
    assert len(by(cloud, "EventName", "CreateVpc", **second)) == 1
    cloud.advance("P83D")
    refused = cloud.call("LookupEvents", {"StartTime": START_OF_TESTS}, "Actiontrail")
    assert (refused.status, refused.code) == (400, "InvalidParameter")


def test_what_is_too_new_has_not_arrived(cloud: Cloud) -> None:
    cloud.control("settings", {"trail_delay_seconds": 600})
    cloud.good("CreateVpc", {"CidrBlock": "10.0.0.0/16"}, "Vpc")
    cloud.advance("PT9M")
    assert by(cloud, "EventName", "CreateVpc") == []
    cloud.advance("PT1M")
    assert len(by(cloud, "EventName", "CreateVpc")) == 1


@pytest.mark.parametrize(
    "parameters",
    [
        {"LookupAttribute.1.Key": "Nonsense", "LookupAttribute.1.Value": "x"},
        {"LookupAttribute.1.Key": "EventName"},
        {
            "LookupAttribute.1.Key": "EventName",
            "LookupAttribute.1.Value": "x",
            "LookupAttribute.2.Key": "User",
            "LookupAttribute.2.Value": "y",
        },
        {"MaxResults": 51},
        {"NextToken": "mine"},
        {"Direction": "SIDEWAYS"},
        {"StartTime": "yesterday"},
        {"StartTime": "2026-06-15T11:00:00Z", "EndTime": "2026-06-15T10:00:00Z"},
    ],
)
def test_a_lookup_without_sense_is_refused(cloud: Cloud, parameters: dict[str, Any]) -> None:
    refused = cloud.call("LookupEvents", parameters, "Actiontrail")
    assert (refused.status, refused.code) == (400, "InvalidParameter")


def test_a_trail_from_its_creation_to_its_end(cloud: Cloud) -> None:
    made = trail(cloud, "CreateTrail", **BUCKET)
    assert (made["Name"], made["EventRW"], made["TrailRegion"]) == ("audit-trail", "Write", "All")
    assert trail(cloud, "GetTrailStatus", Name="audit-trail")["IsLogging"] is False
    trail(cloud, "StartLogging", Name="audit-trail")
    (shown,) = trail(cloud, "DescribeTrails", NameList="audit-trail,other")["TrailList"]
    assert (shown["Status"], shown["StartLoggingTime"]) == ("Enable", START_OF_TESTS)
    trail(cloud, "UpdateTrail", Name="audit-trail", EventRW="All", OssKeyPrefix="audit/one")
    trail(cloud, "StopLogging", Name="audit-trail")
    (shown,) = trail(cloud, "DescribeTrails")["TrailList"]
    assert (shown["Status"], shown["EventRW"], shown["OssKeyPrefix"]) == ("Disable", "All", "audit/one")
    trail(cloud, "DeleteTrail", Name="audit-trail")
    assert trail(cloud, "DescribeTrails")["TrailList"] == []


def test_data_event_selectors_are_kept_as_they_came(cloud: Cloud) -> None:
    trail(cloud, "CreateTrail", **BUCKET)
    assert "DataEventSelectors" not in trail(cloud, "GetDataEventSelector", TrailName="audit-trail")
    trail(cloud, "PutDataEventSelector", TrailName="audit-trail", EventSelectors="[]")
    kept = trail(cloud, "GetDataEventSelector", TrailName="audit-trail")
    assert kept["DataEventSelectors"] == "[]"


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"Name": "Audit-trail"}, "InvalidTrailNameException"),
        ({"Name": "short"}, "InvalidTrailNameException"),
        ({"Name": "no-storage", "OssBucketName": ""}, "MissingParameter"),
        ({"Name": "of-all-of-us", "IsOrganizationTrail": "true"}, "InvalidParameter"),
        ({"Name": "bad-bucket", "OssBucketName": "No Bucket"}, "InvalidParameter"),
        ({"Name": "bad-events", "EventRW": "None"}, "InvalidParameter"),
        ({"Name": "audit-trail"}, "TrailAlreadyExistsException"),
        ({"Name": "one-too-many"}, "MaximumNumberOfTrailsExceededException"),
    ],
)
def test_a_trail_that_cannot_be(cloud: Cloud, parameters: dict[str, str], code: str) -> None:
    others = 4 if code.startswith("Maximum") else 0
    for name in ("audit-trail", *(f"another-{number}" for number in range(others))):
        trail(cloud, "CreateTrail", **{**BUCKET, "Name": name})
    refused = cloud.call("CreateTrail", {**BUCKET, **parameters}, "Actiontrail")
    assert (refused.status, refused.code) == (400, code)


@pytest.mark.parametrize(
    "action", ["DeleteTrail", "StartLogging", "StopLogging", "GetTrailStatus", "UpdateTrail"]
)
def test_a_trail_that_is_not_there(cloud: Cloud, action: str) -> None:
    refused = cloud.call(action, {"Name": "audit-trail"}, "Actiontrail")
    assert (refused.status, refused.code) == (404, "TrailNotFoundException")
