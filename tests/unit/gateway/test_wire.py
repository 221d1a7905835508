"""Replies as bytes on a real connection, through the real SDK: what it hides must not be lost."""

import socketserver
import threading
from collections.abc import Iterator

import pytest

from ecs_release.domain.facts import Cloud
from ecs_release.gateway.errors import CloudError, Malformed, Refused, Throttled, Unreachable
from ecs_release.gateway.gateway import Gateway
from tests.unit.gateway.scripted import DATE, Time

PROTECTED = b'{"RequestId": "R-1", "Code": "InvalidOperation.DeletionProtection", "Message": "protected"}'
SLOW_DOWN = b'{"RequestId": "R-1", "Code": "Throttling.User", "Message": "slow down"}'
EMPTY = b'{"RequestId": "R-1", "Instances": {"Instance": []}}'


class Wire(socketserver.ThreadingTCPServer):
    """Answers each connection with the next reply; None hangs up."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Reply)
        self.replies: list[bytes | None] = []
        self.requests: list[str] = []

    @property
    def cloud(self) -> Cloud:
        host = f"127.0.0.1:{self.server_address[1]}"
        return Cloud("cn-hangzhou", "HTTP", host, host, host)


class Reply(socketserver.BaseRequestHandler):
    """One request, one reply, one connection."""

    def handle(self) -> None:
        wire = self.server
        assert isinstance(wire, Wire)
        wire.requests.append(self.request.recv(65536).decode())
        reply = wire.replies.pop(0) if len(wire.replies) > 1 else wire.replies[0]
        if reply is not None:
            self.request.sendall(reply)


def reply(status: int, body: bytes, *headers: str, length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", f"Date: {DATE}", "Content-Type: application/json", *headers]
    lines += [f"Content-Length: {len(body) if length is None else length}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode() + body


@pytest.fixture
def wire(keys: None) -> Iterator[Wire]:
    with Wire() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


CASES: list[tuple[bytes | None, type[CloudError], bool, str]] = [
    (reply(200, b"{}"), Malformed, False, "an empty object"),
    (reply(200, b'{"RequestId": "R-1", "Instances": {}}'), Malformed, False, "no list"),
    (reply(200, EMPTY[:-5]), Malformed, False, "half a body"),
    (reply(200, b""), Malformed, False, "no body"),
    (reply(200, b"<html>log in</html>"), Malformed, False, "a page of a proxy"),
    (reply(200, EMPTY, length=len(EMPTY) + 5), Unreachable, True, "a reply that breaks off"),
    (reply(404, b"{}"), Malformed, False, "an error without a code is not 'gone'"),
    (reply(400, b"[]"), Malformed, False, "an error that is no object"),
    (reply(502, b"<html>bad gateway</html>"), Unreachable, True, "a page of a proxy passes"),
    (reply(403, PROTECTED), Refused, False, "a refusal"),
    (reply(403, SLOW_DOWN), Throttled, True, "throttling, whatever the status"),
    (reply(400, SLOW_DOWN, "x-acs-retry-after: 1500"), Throttled, True, "throttling with a time"),
    (None, Unreachable, True, "no reply at all"),
]


@pytest.mark.parametrize(("answer", "family", "repeated", "reason"), CASES)
def test_every_reply_has_one_meaning(
    wire: Wire, time: Time, answer: bytes | None, family: type[CloudError], repeated: bool, reason: str
) -> None:
    wire.replies = [answer]
    subject = Gateway(wire.cloud, clock=time.clock, sleep=time.sleep, patience=20)
    with pytest.raises(family) as caught:
        subject.find_instances(["i-1"])
    assert type(caught.value) is family, reason
    assert (len(wire.requests) > 1) is repeated, reason
    assert "\n" not in str(caught.value)


def test_a_release_survives_a_reply_that_was_lost(wire: Wire, time: Time) -> None:
    wire.replies = [None, reply(200, b'{"RequestId": "R-2"}')]
    subject = Gateway(wire.cloud, clock=time.clock, sleep=time.sleep)
    assert subject.release_instances(["i-1"], force=True, terminate_subscription=False) == "R-2"
    lines = [request.splitlines()[0] for request in wire.requests]
    assert len({line.partition("ClientToken=")[2].partition("&")[0] for line in lines}) == 1
    assert "InstanceId.1=i-1" in lines[0]


def test_who_calls_is_told(wire: Wire, time: Time) -> None:
    wire.replies = [reply(200, EMPTY)]
    Gateway(wire.cloud, clock=time.clock, sleep=time.sleep).find_instances(["i-1"])
    (agent,) = (line for line in wire.requests[0].splitlines() if line.lower().startswith("user-agent:"))
    assert agent.endswith("ecs-release/0.1.0")


def test_a_refused_connection_says_what_to_do(keys: None, time: Time) -> None:
    with Wire() as server:
        cloud = server.cloud
    subject = Gateway(cloud, clock=time.clock, sleep=time.sleep)
    with pytest.raises(Unreachable, match=rf"{cloud.sts} does not answer: .*refused; check"):
        subject.identity()
    assert time.now <= 10
