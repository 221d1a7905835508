"""LookupEvents as the gateway asks and reads it: paged, spaced, checked at the edge."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ecs_release.domain.audit import Deed, Happening
from ecs_release.domain.facts import Cloud
from ecs_release.gateway.clients import ACTIONTRAIL, Clients, endpoint_of
from ecs_release.gateway.errors import CannotCall, Malformed
from ecs_release.gateway.trail import AuditTrail
from tests.unit.gateway.scripted import CLOUD, Script, Time

SINCE, UNTIL = datetime(2030, 6, 1, tzinfo=UTC), datetime(2030, 6, 8, tzinfo=UTC)
IDENTITY = {"type": "ram-user", "userName": "ops", "accessKeyId": "LTAI-1"}


def event(**changes: Any) -> dict[str, Any]:
    return {
        "eventId": "E-1",
        "eventName": "DeleteInstances",
        "eventTime": "2030-06-02T10:00:00Z",
        "requestId": "R-7",
        "userIdentity": IDENTITY,
        "sourceIpAddress": "192.0.2.7",
        "userAgent": "console",
        "eventVersion": 1,
        "referencedResources": {"ACS::ECS::Instance": ["i-1"], "ACS::ECS::Disk": ["d-1"]},
        "requestParameters": {"InstanceId.1": "i-1", "Force": True},
        **changes,
    }


def page(*events: dict[str, Any], token: str | None = None) -> dict[str, Any]:
    return {"Events": list(events), **({"NextToken": token} if token else {})}


@pytest.fixture
def trail(cloud: Script, time: Time) -> AuditTrail:
    return AuditTrail(CLOUD, "127.0.0.1:8443", clock=time.clock, sleep=time.sleep)


def asked(trail: AuditTrail, *actions: str) -> tuple[Happening, ...]:
    return trail.happenings(actions or ("DeleteInstances",), SINCE, UNTIL)


def one(cloud: Script, trail: AuditTrail, **changes: Any) -> Happening:
    cloud.answers(page(event(**changes)))
    (found,) = asked(trail)
    return found


def test_an_event_in_our_words(cloud: Script, trail: AuditTrail) -> None:
    found = one(cloud, trail)
    assert (found.event_id, found.request_id, found.action) == ("E-1", "R-7", "DeleteInstances")
    assert (found.who, found.access_key, found.source_ip) == ("ops", "LTAI-1", "192.0.2.7")
    assert found.at == datetime(2030, 6, 2, 10, tzinfo=UTC)
    assert (found.instances, found.deed) == (frozenset({"i-1"}), Deed.RELEASE)
    assert found.parameters["Force"] == "true"


@pytest.mark.parametrize(
    ("changes", "instances"),
    [
        ({"referencedResources": {}}, {"i-1"}),
        ({"referencedResources": {}, "requestParameters": {"InstanceId": "i-2"}}, {"i-2"}),
        ({"requestParameters": {}}, {"i-1"}),
        ({"requestParameters": None, "referencedResources": None}, set()),
        ({"referencedResources": {}, "requestParameters": {"InstanceIds": '["i-3","i-4"]'}}, {"i-3", "i-4"}),
        ({"referencedResources": {}, "requestParameters": {"InstanceId": ["i-5", "i-6"]}}, {"i-5", "i-6"}),
        ({"referencedResources": {}, "requestParameters": {"InstanceIds": "[i-", "Name": "i-7"}}, set()),
        (
            {
                "referencedResources": {},
                "requestParameters": {},
                "responseElements": {"InstanceIdSets": {"InstanceIdSet": ["i-8"]}},
            },
            {"i-8"},
        ),
    ],
)
def test_instances_are_found_wherever_an_event_names_them(
    cloud: Script, trail: AuditTrail, changes: dict[str, Any], instances: set[str]
) -> None:
    assert one(cloud, trail, **changes).instances == instances


def test_booleans_are_read_in_both_spellings(cloud: Script, trail: AuditTrail) -> None:
    for value in (False, "false", "False"):
        told = {"InstanceId": "i-1", "DeletionProtection": value}
        found = one(cloud, trail, eventName="ModifyInstanceAttribute", requestParameters=told)
        assert found.deed is Deed.LIFT


def test_refusals_and_the_clouds_own_doings_are_told_apart(cloud: Script, trail: AuditTrail) -> None:
    assert one(cloud, trail, errorCode="Forbidden").refused == "Forbidden"
    own = one(cloud, trail, eventName="Release", userIdentity={"type": "system"})
    assert (own.by_system, own.deed) == (True, Deed.RELEASE)


def test_pages_are_followed_and_each_action_is_asked_for(cloud: Script, trail: AuditTrail) -> None:
    cloud.answers(page(event(), token="2"), page(event(eventId="E-2")), page(event(eventId="E-3")))
    found = asked(trail, "DeleteInstances", "RefundInstance")
    assert [each.event_id for each in found] == ["E-1", "E-2", "E-3"]
    assert [query.get("NextToken") for query in cloud.queries] == [None, "2", None]
    told = [query["LookupAttribute.1.Value"] for query in cloud.queries]
    assert told == ["DeleteInstances", "DeleteInstances", "RefundInstance"]
    first = cloud.queries[0]
    assert (first["StartTime"], first["EndTime"]) == ("2030-06-01T00:00:00Z", "2030-06-08T00:00:00Z")


def test_no_more_than_two_a_second(cloud: Script, trail: AuditTrail, time: Time) -> None:
    cloud.answers(*[page(token=str(number)) for number in range(1, 10)], page())
    asked(trail)
    assert (len(cloud.queries), time.now) == (10, 4.5)


@pytest.mark.parametrize(
    "reply",
    [
        {},
        {"Events": None},
        {"Events": {}},
        {"Events": [{}]},
        page(event(eventTime="yesterday")),
        page(event(eventId="")),
        page(event(userIdentity=None)),
        page(event(userIdentity={"userName": "ops"})),
        page(event(referencedResources={"ACS::ECS::Instance": "i-1"})),
        page(event(referencedResources=["i-1"])),
        page(event(requestParameters="InstanceId=i-1")),
        page(event(eventName=7)),
        "no JSON",
        "[]",
    ],
)
def test_what_is_not_of_the_documented_form_is_an_error(cloud: Script, trail: AuditTrail, reply: Any) -> None:
    cloud.answers(reply)
    with pytest.raises(Malformed):
        asked(trail)


def test_pages_in_circles_are_an_error(cloud: Script, trail: AuditTrail) -> None:
    cloud.answers(page(token="1"), page(token="1"))
    with pytest.raises(Malformed, match="circles"):
        asked(trail)


def test_a_cloud_on_this_machine_is_never_asked_elsewhere() -> None:
    with pytest.raises(CannotCall, match="no endpoint of actiontrail"):
        endpoint_of(ACTIONTRAIL, CLOUD, {ACTIONTRAIL: ""})
    with pytest.raises(CannotCall, match="TLS"):
        endpoint_of(ACTIONTRAIL, CLOUD, {ACTIONTRAIL: "192.0.2.1:80"})
    assert endpoint_of(ACTIONTRAIL, Cloud("cn-hangzhou"), {ACTIONTRAIL: ""}) == ""


@pytest.mark.usefixtures("keys")
def test_the_official_endpoint_is_the_regions() -> None:
    client = Clients(Cloud("cn-beijing"), {ACTIONTRAIL: ""})._client(ACTIONTRAIL)
    assert client._endpoint == "actiontrail.cn-beijing.aliyuncs.com"
