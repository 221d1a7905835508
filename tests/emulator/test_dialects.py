"""How a request may look: three dialects, who signs, what is refused before any action runs."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.emulator.cloud import REGION, VERSIONS, Cloud

ACS3 = "ACS3-HMAC-SHA256 Credential=emulator,SignedHeaders=host;x-acs-action,Signature=0abc"
HEADERS = {"x-acs-action": "DescribeInstances", "x-acs-version": "2014-05-26", "authorization": ACS3}
SIGNED = {"AccessKeyId": "emulator", "Signature": "any", "SignatureMethod": "HMAC-SHA1", "SignatureType": ""}
QUERY = {"Action": "DescribeInstances", "Version": "2014-05-26", "Format": "JSON", **SIGNED}


@pytest.mark.parametrize(
    ("reason", "request_parts"),
    [
        ("headers name the action", {"headers": HEADERS, "params": {"RegionId": REGION}}),
        ("all in the query", {"params": {**QUERY, "RegionId": REGION}}),
        ("protocol in the query, parameters in the form", {"params": QUERY, "data": {"RegionId": REGION}}),
        ("query and form are merged", {"params": {**QUERY, "RegionId": REGION}, "data": {"PageSize": "10"}}),
    ],
)
def test_three_dialects(cloud: Cloud, reason: str, request_parts: dict[str, Any]) -> None:
    reply = cloud.http.post("/", **request_parts)
    assert (reply.status_code, reply.json()["Instances"]) == (200, {"Instance": []})
    (logged,) = cloud.look("requests")
    assert (logged["action"], logged["access_key_id"]) == ("DescribeInstances", "emulator")
    assert logged["parameters"]["RegionId"] == REGION
    assert not {"Signature", "Action", "AccessKeyId", "Format"} & set(logged["parameters"])


@pytest.mark.parametrize("spelling", ["true", "True", "TRUE"])
def test_booleans_in_either_spelling(cloud: Cloud, spelling: str) -> None:
    assert cloud.call("DescribeInstances", {"DryRun": spelling}).outcome == "400 DryRunOperation"


@pytest.mark.parametrize(
    ("reason", "query", "headers", "outcome"),
    [
        ("nobody signs", {"AccessKeyId": ""}, {}, "400 MissingParameter"),
        ("no signature", {"Signature": ""}, {}, "400 IncompleteSignature"),
        ("half an ACS3 header", {}, {"authorization": "ACS3-HMAC-SHA256 x"}, "400 IncompleteSignature"),
        ("what may be a real key", {"AccessKeyId": "LTAI-not-ours"}, {}, "404 InvalidAccessKeyId.NotFound"),
        ("almost our key", {"AccessKeyId": "emulators"}, {}, "404 InvalidAccessKeyId.NotFound"),
        ("no action", {"Action": ""}, {}, "400 MissingParameter"),
        ("no version", {"Version": ""}, {}, "400 MissingParameter"),
        ("another version", {"Version": "2020-01-01"}, {}, "400 NoSuchVersion"),
        ("an unknown action", {"Action": "EatInstance"}, {}, "400 InvalidAction.NotFound"),
        ("an action of another product", {"Version": VERSIONS["Sts"]}, {}, "400 InvalidAction.NotFound"),
        ("an unknown parameter", {"Colour": "red"}, {}, "400 UnsupportedParameter"),
        ("no region", {"RegionId": ""}, {}, "400 MissingParameter"),
        ("no such region", {"RegionId": "Hangzhou"}, {}, "404 InvalidRegionId.NotFound"),
    ],
)
def test_refused_at_the_gate(
    cloud: Cloud, reason: str, query: dict[str, str], headers: dict[str, str], outcome: str
) -> None:
    reply = cloud.http.post("/", params={**QUERY, "RegionId": REGION, **query}, headers=headers)
    body = reply.json()
    assert f"{reply.status_code} {body['Code']}" == outcome
    assert {"RequestId", "HostId", "Code", "Message", "Recommend"} <= set(body)


def test_an_unknown_action_does_not_read_as_gone(cloud: Cloud) -> None:
    assert "NotFound" not in cloud.call("EatInstance").body["Message"]


def test_an_empty_value_is_an_absent_one(cloud: Cloud) -> None:
    assert cloud.call("DescribeInstances", {"LaunchTemplateId": "", "NextToken": ""}).status == 200


def test_a_success_has_a_request_id_and_no_code(cloud: Cloud) -> None:
    body = cloud.good("DescribeInstances")
    assert body["RequestId"] == body["RequestId"].upper()
    assert "Code" not in body


def test_the_date_header_follows_the_clock(cloud: Cloud) -> None:
    assert cloud.call("DescribeInstances").headers["date"] == "Mon, 15 Jun 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("key", "account", "arn"),
    [
        ("emulator", "1000000000000001", "acs:ram::1000000000000001:root"),
        ("emulator-a", "1000000000000001", "acs:ram::1000000000000001:root"),
        ("emulator-b", "1000000000000002", "acs:ram::1000000000000002:root"),
        ("emulator-a-alice", "1000000000000001", "acs:ram::1000000000000001:user/alice"),
    ],
)
def test_the_account_of_a_key(cloud: Cloud, key: str, account: str, arn: str) -> None:
    reply = Cloud(cloud.url, key).good("GetCallerIdentity", product="Sts")
    assert (reply["AccountId"], reply["Arn"]) == (account, arn)
    assert reply["IdentityType"] == ("RAMUser" if "user" in arn else "Account")


def test_a_word_names_an_account_of_its_own(cloud: Cloud) -> None:
    ids = {Cloud(cloud.url, key).good("GetCallerIdentity", product="Sts")["AccountId"] for key in
           ("emulator-team", "emulator-team-bob", "emulator-other")}  # fmt: skip
    assert len(ids) == 2
    assert all(len(one) == 16 for one in ids)


def test_passwords_are_not_logged(cloud: Cloud) -> None:
    cloud.run({"Password": "Secret-123"})
    assert "Secret-123" not in json.dumps(cloud.look("requests"))


def test_every_product_is_served_here(cloud: Cloud) -> None:
    query = {"ServiceCode": "ecs", "Id": REGION}
    (endpoint,) = cloud.good("DescribeEndpoints", query, "Location")["Endpoints"]["Endpoint"]
    assert (endpoint["Type"], f"http://{endpoint['Endpoint']}") == ("openAPI", cloud.url)


def test_elsewhere_is_nothing(cloud: Cloud) -> None:
    assert httpx.get(f"{cloud.url}/logstores").status_code == 404
