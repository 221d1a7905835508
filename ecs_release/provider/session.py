"""What one plugin process remembers: gateways, what its checks saw declared, what it saw end.

Imports gateway, runner and domain. All methods of one operation run in one process, four at
a time, so everything here is behind one lock.
"""

import contextlib
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from ecs_release.domain.approval import refund_of, stack_digest, stack_refund
from ecs_release.domain.facts import Cloud
from ecs_release.domain.plan import Plan
from ecs_release.domain.reasons import Finding, Reason
from ecs_release.gateway.gateway import Gateway
from ecs_release.provider.declarations import Declarations
from ecs_release.runner.commission import approvals_of, commissioned, environment
from ecs_release.runner.journal import Journal, journal_directory
from ecs_release.runner.observe import Errand, Sightings
from ecs_release.runner.records import parse_cloud
from ecs_release.runner.run import Tools

HANDOVER_SECONDS = 30.0


def say(line: str) -> None:
    """A line for the person at the terminal; a run goes on to its next check when nobody reads."""
    # A terminal need not know every character, and the name of a file can hold none at all.
    encoding = sys.stdout.encoding or "utf-8"
    with contextlib.suppress(OSError):
        print(line.encode(encoding, "backslashreplace").decode(encoding), flush=True)


def engine_answers() -> bool:
    """Whether the engine that started this process still accepts a connection."""
    host, _, port = engine_address().rpartition(":")
    # Without an engine, in a test or a tool, nobody can have gone away.
    if not port:
        return True
    try:
        with socket.create_connection((host or "127.0.0.1", int(port)), timeout=2):
            return True
    except OSError:
        return False


def new_journal(group: str) -> Journal:
    """The journal of a run that begins now."""
    return Journal(journal_directory(os.environ), group, lambda: datetime.now(UTC))


def engine_address() -> str:
    """Where the engine that started this process listens, "" when there is none."""
    address = sys.argv[1] if len(sys.argv) > 1 else ""
    return address if address.rpartition(":")[2].isdigit() else ""


class Handover:
    """What a `read` saw, for the `diff` that the engine asks for right after it: taken once, and soon."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._given: dict[Hashable, tuple[float, Any]] = {}

    def give(self, key: Hashable, value: Any) -> None:
        """Keeps what was just seen."""
        self._given[key] = (self._clock(), value)

    def take(self, key: Hashable) -> Any:
        """What was given a moment ago, None otherwise."""
        given_at, value = self._given.pop(key, (0.0, None))
        return value if self._clock() - given_at < HANDOVER_SECONDS else None


class Session:
    """The memory of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gateways: dict[Cloud, Gateway] = {}
        # Sweep goes last and need not prove again what Teardown has proven.
        self._ended: set[str] = set()
        self._configured: Mapping[str, Any] = {}
        self._granted: dict[str, Any] = {}
        self._said: set[str] = set()
        self._fallen_due: set[str] = set()
        # The program's clock where it is set; a running one is nobody's business but the cloud's.
        self.now: datetime | None = None
        # Whether this process is the package that other languages use, and no dynamic provider's.
        self.is_package = False
        self.sightings = Sightings()
        self.handover = Handover(time.monotonic)
        self.declarations = Declarations(engine_address(), engine_answers)

    def gateway(self, cloud: Cloud) -> Gateway:
        """The gateway to a cloud, one per process, so that one limiter sees every call."""
        with self._lock:
            if cloud not in self._gateways:
                self._gateways[cloud] = Gateway(cloud)
            return self._gateways[cloud]

    def gateway_of(self, properties: Mapping[str, Any]) -> Gateway:
        """The gateway to a recorded cloud; raises UnreadableRecord."""
        return self.gateway(parse_cloud(properties.get("cloud")))

    def tools(self) -> Tools:
        """What a release run needs beside the cloud."""
        return Tools(say, time.monotonic, time.sleep, engine_answers, self.sightings)

    def end(self, group_id: str) -> None:
        """Remembers that everything of a group was proven gone."""
        with self._lock:
            self._ended.add(group_id)

    def has_ended(self, group_id: str) -> bool:
        """Whether everything of a group was proven gone in this process."""
        with self._lock:
            return group_id in self._ended

    def say_once(self, lines: Iterable[str]) -> None:
        """Says lines that more than one method of an operation comes upon."""
        for line in lines:
            with self._lock:
                is_new = line not in self._said
                self._said.add(line)
            if is_new:
                say(line)

    def fell_due(self, ids: Iterable[str]) -> None:
        """Remembers ids that are not there any more, and whose release time has passed."""
        with self._lock:
            self._fallen_due |= set(ids)

    @property
    def fallen_due(self) -> frozenset[str]:
        """The ids whose disappearance was planned."""
        with self._lock:
            return frozenset(self._fallen_due)

    def commissioned(self, errand: Errand) -> Errand:
        """An errand under the approvals and terms that came with the command; raises BadCommission."""
        return commissioned(errand, self._granted, environment())

    def approves_stack(self, plans: list[Plan]) -> bool:
        """Whether the digest of all these plans together was given, with a quote where money comes back."""
        return approvals_of(environment()).covers(stack_digest(plans), stack_refund(plans))

    def grant(self, plans: Iterable[Plan]) -> None:
        """Lets these plans go: an approval of the whole stack was given."""
        with self._lock:
            self._granted |= {plan.digest: refund_of(plan) for plan in plans}

    def configure(self, config: Mapping[str, Any]) -> None:
        """Keeps the stack's own region and endpoints, to be compared with recorded ones."""
        self._configured = config

    def place_findings(self, cloud: Cloud) -> tuple[Finding, ...]:
        """`wrong-region` and `wrong-endpoint` of a recorded cloud against the configured one."""
        region = self._configured.get("region")
        if region and region != cloud.region:
            return (Finding(Reason.WRONG_REGION, f"recorded {cloud.region}, configured {region}"),)
        endpoint = _endpoint(self._configured.get("endpoints"))
        # A key that is absent is no contradiction: destroy uses the recorded place.
        if endpoint is not None and endpoint != cloud.ecs:
            detail = f"recorded {cloud.ecs or 'official'}, configured {endpoint or 'official'}"
            return (Finding(Reason.WRONG_ENDPOINT, detail),)
        return ()


def _endpoint(configured: Any) -> str | None:
    """The ECS host in `alicloud:endpoints`, None when the key is absent or cannot be read."""
    try:
        listed = json.loads(configured) if isinstance(configured, str) else configured
        return str(listed[0].get("ecs", "")) if listed else None
    except (ValueError, AttributeError, LookupError, TypeError):
        return None


SESSION = Session()
