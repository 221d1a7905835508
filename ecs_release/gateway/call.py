"""The one place through which every call goes: limited, retried, translated, dated.

Imports tenacity and the gateway's own table of actions, clients, limits, retry and translate.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from tenacity import Retrying, retry_if_exception

from ecs_release.gateway.actions import ACTIONS
from ecs_release.gateway.clients import PRODUCTS, Clients, Product
from ecs_release.gateway.errors import Malformed
from ecs_release.gateway.limits import Limiter
from ecs_release.gateway.retry import is_transient, keeps_token, pause, stop_at
from ecs_release.gateway.translate import Body, body_of, translated


@dataclass(frozen=True, slots=True)
class Call:
    """One call: parameters that are None are left out; `about` names what it is about in an error."""

    action: str
    parameters: Mapping[str, Any]
    about: str = ""
    with_token: bool = False

    def __post_init__(self) -> None:
        # A call that the table of rights does not know would be refused where only it is granted.
        if self.action not in ACTIONS:
            raise ValueError(f"{self.action} is not in the table of the gateway's actions")

    @property
    def product(self) -> Product:
        """The API that has the action."""
        return PRODUCTS[ACTIONS[self.action].product]


class Caller:
    """Performs calls; keeps the cloud's own time from the newest reply."""

    def __init__(
        self,
        clients: Clients,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        patience: float,
    ) -> None:
        self._clients, self._clock, self._sleep, self._patience = clients, clock, sleep, patience
        self._limiter = Limiter(clock, sleep)
        self._cloud_time: datetime | None = None

    @property
    def cloud_time(self) -> datetime:
        """The Date of the newest reply, in UTC; raises Malformed when no reply carried one."""
        if self._cloud_time is None:
            raise Malformed("", "no reply of the cloud carried a date yet")
        return self._cloud_time

    def perform(self, call: Call, patience: float | None = None) -> Body:
        """The body of a successful reply; raises the CloudError of the last attempt.

        A ClientToken is new for each attempt, and the same one after a lost reply.
        """
        ends_at = self._clock() + (self._patience if patience is None else patience)
        tokens = _Tokens()
        retrying = Retrying(
            retry=retry_if_exception(is_transient),
            stop=stop_at(ends_at, self._clock),
            wait=pause,
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(lambda: self._attempt(call, tokens, ends_at))

    def _attempt(self, call: Call, tokens: "_Tokens", ends_at: float) -> Body:
        # Inside the attempt: a repetition counts against the cloud's limit as well.
        self._limiter.wait(call.action)
        parameters = {name: value for name, value in call.parameters.items() if value is not None}
        if call.with_token:
            parameters["ClientToken"] = tokens.current
        try:
            reply = self._clients.send(call.product, call.action, parameters, ends_at - self._clock())
            self._note_date(reply.get("headers") or {})
            return body_of(call.product, call.action, call.about, reply.get("body"))
        except Exception as error:
            failure = translated(call.action, call.about, error)
            if failure.code.startswith("Throttling"):
                self._limiter.throttled(call.action)
            # After a refusal the old token would replay the refusal.
            tokens.current = tokens.current if keeps_token(failure) else secrets.token_hex(16)
            if failure is error:
                raise
            raise failure from error

    def _note_date(self, headers: Mapping[str, str]) -> None:
        try:
            self._cloud_time = parsedate_to_datetime(headers.get("date", "")).astimezone(UTC)
        # Something in between may drop the header; the time of the reply before still stands.
        except (TypeError, ValueError, OverflowError):
            return


class _Tokens:
    """The ClientToken of the attempt at hand."""

    def __init__(self) -> None:
        self.current = secrets.token_hex(16)


def request_id(body: Body) -> str:
    """The id of the request behind a reply."""
    return str(body["RequestId"])
