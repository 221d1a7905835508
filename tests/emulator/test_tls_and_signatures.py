"""TLS on the same port, and signatures that are verified: with clients that nobody here wrote."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
import ssl
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from alibabacloud_bssopenapi20171214 import models as bss
from alibabacloud_bssopenapi20171214.client import Client as BssClient
from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_ecs20140526.client import Client as EcsClient
from alibabacloud_ram20150501 import models as ram
from alibabacloud_ram20150501.client import Client as RamClient
from alibabacloud_sts20150401.client import Client as StsClient
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_tea_openapi.utils_models import Config
from alibabacloud_vpc20160428 import models as vpc
from alibabacloud_vpc20160428.client import Client as VpcClient

from tests.emulator.cloud import REGION, Server


@pytest.fixture(scope="module")
def verifying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("verifying") / "world.db", "--verify-signatures")
    yield running
    running.end()


@pytest.fixture(scope="module")
def authority(verifying: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    command = [sys.executable, "-m", "emulator", "ca", "--db", str(verifying.database)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    path.write_text(printed)
    return path


def config(server: Server, secret: str = "emulator", **more: Any) -> Config:
    return Config(
        access_key_id="emulator",
        access_key_secret=secret,
        endpoint=server.url.removeprefix("http://"),
        protocol="https",
        region_id=REGION,
        **more,
    )


@pytest.mark.parametrize("more", [{}, {"signature_algorithm": "v2"}], ids=["v3", "v1"])
def test_the_official_clients_speak_tls_and_sign(
    verifying: Server, authority: Path, more: dict[str, Any]
) -> None:
    more = {**more, "ca": str(authority)}
    asked = ecs.DescribeInstancesRequest(region_id=REGION, instance_name="ä b*~ü")
    assert EcsClient(config(verifying, **more)).describe_instances(asked).body.instances.instance == []
    networks = vpc.DescribeVpcsRequest(region_id=REGION)
    assert VpcClient(config(verifying, **more)).describe_vpcs(networks).body.vpcs.vpc == []
    paid = bss.QueryAvailableInstancesRequest(product_code="ecs", region=REGION)
    assert BssClient(config(verifying, **more)).query_available_instances(paid).body.success
    assert StsClient(config(verifying, **more)).get_caller_identity().body.identity_type == "Account"
    assert RamClient(config(verifying, **more)).list_roles(ram.ListRolesRequest()).body.roles.role == []


@pytest.mark.parametrize("more", [{}, {"signature_algorithm": "v2"}], ids=["v3", "v1"])
def test_a_wrong_secret_is_refused(verifying: Server, authority: Path, more: dict[str, Any]) -> None:
    with pytest.raises(ClientException) as caught:
        StsClient(config(verifying, "another", **more, ca=str(authority))).get_caller_identity()
    assert (caught.value.status_code, caught.value.code) == (403, "SignatureDoesNotMatch")
    assert ("server string to sign is:" in caught.value.message) is bool(more)


def test_a_client_that_does_not_know_the_authority_refuses(verifying: Server) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(verifying.url.replace("http:", "https:"))


def signed(**changes: str) -> dict[str, str]:
    """A v1 request as the documentation describes it, written here anew."""
    query = {
        "Action": "GetCallerIdentity",
        "Version": "2015-04-01",
        "AccessKeyId": "emulator",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": str(uuid.uuid4()),
        "Timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **changes,
    }
    query = {name: value for name, value in query.items() if value}
    joined = "&".join(f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query))
    text = f"POST&%2F&{quote(joined, safe='~')}"
    method = hashlib.sha256 if changes.get("SignatureMethod") == "HMAC-SHA256" else hashlib.sha1
    digest = hmac.new(b"emulator&", text.encode(), method).digest()
    return {**query, "Signature": base64.b64encode(digest).decode()}


def outcome(server: Server, query: dict[str, str]) -> str:
    reply = httpx.post(server.url, params=query)
    return "200" if reply.status_code == 200 else f"{reply.status_code} {reply.json()['Code']}"


LATE = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
CASES: list[tuple[str, dict[str, str], str]] = [
    ("as documented", {}, "200"),
    ("with SHA-256", {"SignatureMethod": "HMAC-SHA256"}, "200"),
    ("another method", {"SignatureMethod": "MD5"}, "400 IncompleteSignature"),
    ("no time", {"Timestamp": ""}, "400 IllegalTimestamp"),
    ("no moment", {"Timestamp": "now"}, "400 IllegalTimestamp"),
    ("an hour old", {"Timestamp": LATE}, "400 InvalidTimeStamp.Expired"),
    ("no nonce", {"SignatureNonce": ""}, "400 IncompleteSignature"),
]


@pytest.mark.parametrize(("case", "changes", "expected"), CASES, ids=[case for case, _, _ in CASES])
def test_what_is_verified(verifying: Server, case: str, changes: dict[str, str], expected: str) -> None:
    assert outcome(verifying, signed(**changes)) == expected


def test_a_request_is_good_once(verifying: Server) -> None:
    query = signed()
    assert outcome(verifying, query) == "200"
    assert outcome(verifying, query) == "400 SignatureNonceUsed"


def test_a_parameter_that_was_changed_on_the_way_is_refused(verifying: Server) -> None:
    assert outcome(verifying, {**signed(), "RegionId": "cn-beijing"}) == "403 SignatureDoesNotMatch"


def test_one_port_takes_both_and_a_silent_client_holds_up_nobody(verifying: Server, authority: Path) -> None:
    address = verifying.url.removeprefix("http://")
    host, port = address.split(":")
    with (
        socket.create_connection((host, int(port))) as silent,
        socket.create_connection((host, int(port))) as half,
    ):
        half.sendall(b"\x16\x03\x01")
        began = time.monotonic()
        context = ssl.create_default_context(cafile=str(authority))
        for name in (address, f"localhost:{port}"):
            health = httpx.get(f"https://{name}/_emulator/health", verify=context)
            assert health.json() == {"status": "ok"}
        assert httpx.get(f"{verifying.url}/_emulator/health").json() == {"status": "ok"}
        assert time.monotonic() - began < 5
        assert silent.fileno() >= 0


def test_a_cut_connection_is_cut_under_tls_too(verifying: Server, authority: Path) -> None:
    context = ssl.create_default_context(cafile=str(authority))
    fault = {"match": {"action": "GetCallerIdentity", "times": 1}, "effect": {"drop": "reply"}}
    httpx.post(f"{verifying.url}/_emulator/faults", json=fault)
    with pytest.raises(httpx.TransportError):
        httpx.post(verifying.url.replace("http:", "https:"), params=signed(), verify=context)
    assert outcome(verifying, signed()) == "200"


def test_the_authority_outlives_the_process_and_is_its_owners_alone(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "emulator", "ca", "--db", str(tmp_path / "world.db")]
    first, second = (subprocess.run(command, check=True, capture_output=True).stdout for _ in range(2))
    assert first == second
    (kept,) = tmp_path.iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    assert b"PRIVATE" not in first
