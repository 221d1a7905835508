"""An emulator in this process: the SDK's requests reach it without a socket, and our changes are witnessed.

Everything but the network is the real thing: the SDK builds, signs and reads its requests, the emulator
parses, judges and logs them. Who uses the console comes the same way, under a key of the account.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from darabonba.exceptions import RetryError
from darabonba.response import DaraResponse
from emulator.database import Database
from emulator.gateway import Answer as Reply
from emulator.server import Application
from emulator.settings import Settings
from emulator.world import World

from emulator import wire, world
from tests.emulator.cloud import REGION, VERSIONS, Answer
from tests.faults.behind_the_sdk import carried_by, parsed, response
from tests.properties.shop import Shop, State

USER = "ops"
OUR_KEY, OUR_AGENT = f"emulator-a-{USER}", "ecs-release"
# No port of anybody: a request that found a way past this file would be refused at once.
NOWHERE = "http://127.0.0.1:1"
LOOKS = ("Describe", "Get", "List", "Query", "InquiryPrice")


class Killed(BaseException):
    """The process has died at this call; whatever it tries afterwards dies as well."""


@dataclass(frozen=True)
class Change:
    """A call of ours that the cloud has accepted: what it was, and the world at three moments before it."""

    action: str
    parameters: Mapping[str, str]
    # When the run first looked at its group: whose an instance was then, it stays for this run.
    first: State
    # When the run last began to look at its group, which is what it decided on; and right before the call.
    looked: State
    before: State


class Console(Shop):
    """The console and the tester's hand, without a socket as well."""

    def __init__(self, application: Application) -> None:
        super().__init__(NOWHERE)
        self.application = application
        self._known: State | None = None

    def call(self, action: str, parameters: Mapping[str, Any] | None = None, product: str = "Ecs") -> Answer:
        protocol = {
            "Action": action,
            "Version": VERSIONS[product],
            "AccessKeyId": self.key,
            "Signature": "any",
        }
        values = {"RegionId": REGION, **protocol, **(parameters or {})}
        plain = {
            name: str(value).lower() if isinstance(value, bool) else str(value)
            for name, value in values.items()
        }
        self.has_changed(action)
        reply = self.application.gateway.answer(wire.parse({}, urlencode(plain).encode(), b""))
        return Answer(reply.status, json.loads(reply.body), reply.headers)

    def control(self, name: str, body: Any) -> Any:
        return self._control("POST", name, json.dumps(body).encode())

    def look(self, name: str) -> Any:
        return self._control("GET", name, b"")

    def try_event(self, **event: Any) -> None:
        """Lets something happen, if it can happen to this instance."""
        self.has_changed()
        self.application.control.answer("POST", "/_emulator/events", {}, json.dumps(event).encode())

    def heal(self) -> None:
        """Forgets all faults that were ordered."""
        self._control("DELETE", "faults", b"")

    def has_changed(self, action: str = "") -> None:
        """Forgets what is known of the state; a look changes nothing, since the clock stands still."""
        if not action.startswith(LOOKS):
            self._known = None

    def state(self) -> State:
        """All objects that a release could end or leave; asked again only after something has changed."""
        self._known = super().state() if self._known is None else self._known
        return self._known

    def _control(self, method: str, name: str, body: bytes) -> Any:
        path, _, since = name.partition("?since=")
        query = {"since": since} if since else {}
        if method != "GET":
            self.has_changed()
        status, reply = self.application.control.answer(method, f"/_emulator/{path}", query, body)
        assert status == 200, reply
        return reply


class Numbers:
    """Ids that come again when an example is tried again, in place of random ones."""

    def __init__(self) -> None:
        self._last = 0

    def token_hex(self, size: int) -> str:
        self._last += 1
        return f"{self._last:0{2 * size}x}"

    def token_bytes(self, size: int) -> bytes:
        return bytes.fromhex(self.token_hex(size))


class Line:
    """What stands where the network was; it tells a witness of every change that was accepted."""

    def __init__(self) -> None:
        self.application = Application(World(Database(":memory:"), Settings()))
        self.console = Console(self.application)
        self.faults_met: Counter[str] = Counter()
        self._count_faults()
        self.hang_up()

    def hang_up(self) -> None:
        """Between two runs: nobody is to die, and nobody watches."""
        self.calls = 0
        self.tried_to_lift: set[str] = set()
        self.dies_at, self.dies_answered = 0, False
        self.acts_at, self.act = 0, lambda: None
        self.witness: Callable[[Change], None] = lambda change: None
        self._first: State = {}
        self._looked: State = {}

    @contextmanager
    def connected(self) -> Iterator[None]:
        """Every client of the gateway sends through here, under the key of a user who needs rights."""
        with carried_by(self._carry, OUR_KEY):
            yield

    def restart(self) -> None:
        """An empty world whose ids are those of every other fresh one."""
        world.secrets = Numbers()  # type: ignore[attr-defined, assignment]
        self.console.empty()
        self.console.good("CreateUser", {"UserName": USER}, "Ram")
        policy = {"PolicyType": "System", "PolicyName": "AdministratorAccess", "UserName": USER}
        self.console.good("AttachPolicyToUser", policy, "Ram")
        self.console.control("settings", {"enforce_ram": True})
        self.hang_up()

    def _carry(self, request: Any, runtime: Any = None) -> DaraResponse:
        asked = parsed(request)
        assert OUR_AGENT in asked.headers["user-agent"]
        reply = self._sent(asked)
        if reply.cut:
            raise RetryError("the connection was cut")
        return response(reply.status, reply.headers, reply.body)

    def _sent(self, request: wire.RpcRequest) -> Reply:
        self.calls += 1
        if self.calls == self.acts_at:
            self.act()  # type: ignore[no-untyped-call]
        if self.dies_at and (
            self.calls > self.dies_at or (self.calls == self.dies_at and not self.dies_answered)
        ):
            raise Killed
        action = request.headers["x-acs-action"]
        changes = not action.startswith(LOOKS)
        looks_at_group = action == "DescribeInstances" and "Tag" in str(request.query)
        before = self.console.state() if changes or looks_at_group else {}
        self.console.has_changed(action)
        reply = self.application.gateway.answer(request)
        if changes:
            looks = (self._first or before, self._looked or before, before)
            self._told(Change(action, request.parameters, *looks), reply)
        elif before:
            self._first, self._looked = self._first or before, before
        if self.calls == self.dies_at:
            raise Killed
        return reply

    def _told(self, change: Change, reply: Reply) -> None:
        if change.parameters.get("DeletionProtection", "").lower() == "false":
            self.tried_to_lift.add(change.parameters["InstanceId"])
        if reply.status == 200 and not reply.ordered and reply.code in ("", "Success"):
            self.witness(change)

    def _count_faults(self) -> None:
        faults = self.application.gateway.faults
        ordered = faults.effect

        def counted(*call: Any) -> Any:
            effect = ordered(*call)
            # The message of an effect is nobody's business but ours: it holds the name of the fault.
            if effect is not None:
                self.faults_met[effect.message] += 1
            return effect

        faults.effect = counted  # type: ignore[method-assign, assignment]
