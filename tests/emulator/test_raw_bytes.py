"""Bytes on the socket that are no proper request: the server answers or hangs up, and lives on."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.emulator.cloud import Cloud, Server

REQUESTS = int(os.environ.get("EMULATOR_FUZZ_REQUESTS", "1500")) // 10
SIGNED = (
    b"Action=DescribeInstances&Version=2014-05-26&AccessKeyId=emulator&Signature=any&RegionId=cn-hangzhou"
)
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
MEGABYTE = 1_000_000
IDLE = 0.05
UNANSWERED = ("nothing", "less than was said", "TLS")


def post(query: bytes = SIGNED, headers: bytes = b"", body: bytes = b"") -> bytes:
    return b"POST /?%s HTTP/1.1\r\nHost: x\r\n%sContent-Length: %d\r\n\r\n%s" % (
        query,
        headers,
        len(body),
        body,
    )


def control(name: bytes, body: bytes) -> bytes:
    return b"POST /_emulator/%s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (name, len(body), body)


BROKEN = {
    "nothing": b"",
    "an empty line": b"\r\n\r\n",
    "no HTTP": b"hello\r\n\r\n",
    "TLS": bytes.fromhex("160301020001000001fc0303") + b"\0" * 64,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/9": b"GET / HTTP/9.9\r\n\r\n",
    "HTTP/1.0": b"GET / HTTP/1.0\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    "NUL in the path": b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n",
    "NUL in a header": b"GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n",
    "bytes in the path": b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "bytes in a header": post(headers=b"User-Agent: \xff\xfe\r\n"),
    "an absolute address": b"GET http://x/?%s HTTP/1.1\r\nHost: x\r\n\r\n" % SIGNED,
    "a star": b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    "CONNECT": b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
    "HEAD": b"HEAD /?%s HTTP/1.1\r\nHost: x\r\n\r\n" % SIGNED,
    "an odd method": b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
    "an upgrade": b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "a negative length": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length beyond all": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\n",
    "less than was said": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nab",
    "broken chunks": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "an odd encoding": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "a long header": post(headers=b"A: " + b"x" * MEGABYTE + b"\r\n"),
    "a header without end": b"GET / HTTP/1.1\r\nA: " + b"x" * 2 * MEGABYTE,
    "many headers": post(headers=b"".join(b"H%d: x\r\n" % number for number in range(5000))),
    "a folded header": post(headers=b"A: b\r\n c\r\n"),
    "two requests at once": post() + post(),
    "a request after a broken one": b"hello\r\n\r\n" + post(),
    "NUL in the query": post(SIGNED + b"&InstanceName=a%00b"),
    "no UTF-8 in the query": post(SIGNED + b"&InstanceName=%ff%fe%ed%a0%80"),
    "half an escape": post(SIGNED + b"&InstanceName=%&a=%1&%zz=%zz"),
    "no names": post(b"&&=&=x&" + SIGNED + b"&=="),
    "a name twice": post(SIGNED + b"&PageSize=10&PageSize=x&PageSize=20"),
    "a name twice, query and form": post(SIGNED + b"&PageSize=x", FORM, b"PageSize=10"),
    "no UTF-8 in the form": post(headers=FORM, body=b"InstanceName=\xff\xfe\xed\xa0\x80\0"),
    "no form in the form": post(headers=FORM, body=b"\0" * 100),
    "half a character as a name": post(SIGNED + b"&%ed%a0%80=1"),
    "a long value": post(headers=FORM, body=b"InstanceName=" + b"*a" * MEGABYTE),
    "a long name": post(headers=FORM, body=b"x" * MEGABYTE + b"=1"),
    "many names": post(
        headers=FORM, body=b"&".join(b"InstanceId.%d=i-0" % number for number in range(50_000))
    ),
    "many ids": post(headers=FORM, body=b"InstanceIds=[" + b'"i-0",' * 100_000 + b'"i-0"]'),
    "deep JSON": post(headers=FORM, body=b"InstanceIds=" + b"[" * 100_000),
    "half a character in JSON": post(headers=FORM, body=b'InstanceIds=["\\ud800"]'),
    "an odd key": post(b"Action=DescribeInstances&Version=2014-05-26&Signature=x&AccessKeyId=emulator%0a"),
    "an odd Authorization": post(headers=b"Authorization: ACS3-HMAC-SHA256 Credential=\xff\r\n"),
    "an odd nonce": post(SIGNED.replace(b"Describe", b"Delete") + b"&SignatureNonce=%00%ff&InstanceId.1=i-0"),
    "an odd time": post(SIGNED + b"&Timestamp=%00"),
    "an odd version": post(b"Action=a&Version=%ff%00&Signature=x&AccessKeyId=emulator"),
    "control: deep JSON": control(b"clock", b"[" * 100_000),
    "control: deep objects": control(b"faults", b'{"a":' * 100_000),
    "control: no UTF-8": control(b"settings", b'{"\xff": 1}'),
    "control: half a character": control(b"events", b'{"expire": "\\ud800"}'),
    "control: half a character as a key": control(b"events", b'{"\\ud800": 1}'),
    "control: no number": control(b"clock", b'{"rate": NaN}'),
    "control: infinity": control(b"settings", b'{"release_seconds": 1e999}'),
    "control: a long number": control(b"limits", b'{"DeleteInstance": ' + b"9" * 5000 + b"}"),
    "control: the end of time": control(b"clock", b'{"set": "9999-12-31T23:59:59Z", "advance": "P30D"}'),
    "control: beyond time": control(b"clock", b'{"advance": "P' + b"9" * 400 + b'D"}'),
    "control: an odd name": control(b"%ff%00", b"{}"),
    "control: odd numbers": b"GET /_emulator/requests?since=" + b"9" * 5000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "control: other digits": b"GET /_emulator/requests?since=%D9%A3 HTTP/1.1\r\nHost: x\r\n\r\n",
    "control: no bytes": b"GET /_emulator/requests?since=%ff HTTP/1.1\r\nHost: x\r\n\r\n",
    "control: an answer that cannot be": control(b"faults", b'{"effect": {"status": 100}}'),
    "control: half a character to answer": control(b"faults", b'{"effect": {"body": "\\ud800"}}'),
    "control: a delay beyond all": control(b"faults", b'{"effect": {"delay_ms": 1000000000000000000000}}'),
}


def exchange(url: str, data: bytes, patience: float) -> list[int]:
    """Send bytes; return the statuses of all answers. Some bytes are only the beginning of a request."""
    address = urlsplit(url)
    received = b""
    with socket.create_connection((address.hostname, address.port)) as connection:
        try:
            connection.sendall(data)
            connection.settimeout(patience)
            while part := connection.recv(65536):
                received += part
                connection.settimeout(IDLE)
        except (TimeoutError, ConnectionResetError, BrokenPipeError):
            # The server may also hang up on garbage before it has read all of it.
            pass
    return [int(status) for status in re.findall(rb"^HTTP/1\.1 (\d+)", received, re.MULTILINE)]


@dataclass
class Victim:
    """An emulator with all that it wrote of its own failures."""

    cloud: Cloud
    errors: Path

    def unharmed(self) -> None:
        # Remarks on bad requests are fine, failures of our own are not.
        assert "Traceback" not in self.errors.read_text()
        log = self.cloud.look("requests")
        assert [row for row in log if row["status"] is not None and row["status"] >= 500] == []
        assert self.cloud.call("DescribeInstances").status == 200


@contextmanager
def victim(folder: Path) -> Iterator[Victim]:
    with (folder / "errors.txt").open("w") as errors:
        server = Server(folder / "world.db", errors=errors)
    cloud = Cloud(server.url)
    cloud.stand_still()
    yield Victim(cloud, folder / "errors.txt")
    cloud.http.close()
    server.end(kill=True)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    with victim(tmp_path_factory.mktemp("raw")) as found:
        found.cloud.run()
        yield found


def world(cloud: Cloud) -> list[object]:
    return [cloud.look(name) for name in ("state", "clock", "settings", "limits")]


@pytest.mark.parametrize("reason", BROKEN)
def test_broken_bytes(alone: Victim, reason: str) -> None:
    before = world(alone.cloud)
    answered = reason not in UNANSWERED
    statuses = exchange(alone.cloud.url, BROKEN[reason], 10 if answered else IDLE)
    assert bool(statuses) == answered
    assert [status for status in statuses if status >= 500] == []
    assert world(alone.cloud) == before
    alone.unharmed()


def mutated(draw: some.DrawFn) -> bytes:
    """Take a request that is all right and damage it."""
    data = bytearray(
        draw(some.sampled_from([post(), post(headers=FORM, body=SIGNED), control(b"clock", b"[1]")]))
    )
    for _ in range(draw(some.integers(0, 4))):
        at = draw(some.integers(0, len(data)))
        data[at : at + draw(some.integers(0, 8))] = draw(some.binary(max_size=8))
    return bytes(data)


@settings(
    max_examples=REQUESTS,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(some.binary(max_size=200).map(lambda data: data + b"\r\n\r\n") | some.composite(mutated)())
def test_damaged_bytes(alone: Victim, data: bytes) -> None:
    assert [status for status in exchange(alone.cloud.url, data, IDLE) if status >= 500] == []


def test_nothing_of_it_was_a_failure(alone: Victim) -> None:
    alone.unharmed()


def test_the_log_outlives_all(tmp_path: Path) -> None:
    with victim(tmp_path) as before:
        for data in [each for each in BROKEN.values() if len(each) < MEGABYTE][::3]:
            exchange(before.cloud.url, data, IDLE)
        before.unharmed()
        log = before.cloud.look("requests")
    with victim(tmp_path) as after:
        assert after.cloud.look("requests") == log
