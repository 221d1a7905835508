"""The one place through which every call goes: limited, retried, translated, dated.

Imports the Alibaba Cloud SDKs (lazily), tenacity and the gateway's own errors and limits.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_random_exponential

from ecs_release.gateway.errors import CloudError, Malformed, Throttled, Unreachable, family_of
from ecs_release.gateway.limits import Limiter

LONGEST_PAUSE_SECONDS = 15.0
Send = Callable[[str], Any]
Body = Mapping[str, Any]


class Caller:
    """Performs calls; keeps the cloud's own time from the newest reply."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None], patience: float) -> None:
        self._clock, self._sleep, self._patience = clock, sleep, patience
        self._limiter = Limiter(clock, sleep)
        self._cloud_time: datetime | None = None

    @property
    def cloud_time(self) -> datetime:
        """The Date of the newest reply, in UTC; raises Malformed when no reply carried one."""
        if self._cloud_time is None:
            raise Malformed("", "no reply of the cloud carried a date yet")
        return self._cloud_time

    def perform(self, action: str, send: Send, patience: float | None = None) -> Body:
        """The body of a successful reply; raises the CloudError of the last attempt.

        `send` gets a ClientToken: a new one each attempt, the same one after a lost reply.
        """
        ends_at = self._clock() + (self._patience if patience is None else patience)
        tokens = _Tokens()
        retrying = Retrying(
            retry=retry_if_exception_type((Throttled, Unreachable)),
            stop=lambda state: self._clock() >= ends_at,
            wait=_pause,
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(lambda: self._attempt(action, send, tokens))

    def _attempt(self, action: str, send: Send, tokens: "_Tokens") -> Body:
        self._limiter.wait(action)
        try:
            response = send(tokens.current)
        except Exception as error:
            translated = translate(action, error)
            tokens.after(translated)
            raise translated from error
        self._note_date(getattr(response, "headers", None) or {})
        return _body(action, response)

    def _note_date(self, headers: Mapping[str, str]) -> None:
        date = next((value for key, value in headers.items() if key.lower() == "date"), "")
        try:
            self._cloud_time = parsedate_to_datetime(date).astimezone(UTC)
        except (TypeError, ValueError):
            return


class _Tokens:
    """The ClientToken of the attempt at hand."""

    def __init__(self) -> None:
        self.current = secrets.token_hex(16)

    def after(self, error: CloudError) -> None:
        """A transport failure may have been accepted, so only then is the token kept."""
        if not isinstance(error, Unreachable):
            self.current = secrets.token_hex(16)


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    told = getattr(error, "retry_after", 0.0)
    return float(told or wait_random_exponential(multiplier=0.5, max=LONGEST_PAUSE_SECONDS)(state))


def _body(action: str, response: Any) -> Body:
    try:
        body = response.body.to_map()
    except (AttributeError, TypeError, ValueError) as error:
        raise Malformed("", f"the reply to {action} is not of the documented form", "", action) from error
    if not isinstance(body, Mapping) or not body.get("RequestId"):
        raise Malformed("", f"the reply to {action} carries no RequestId", "", action)
    return body


def translate(action: str, error: Exception) -> CloudError:
    """An SDK exception in our words; never with a credential in it."""
    if isinstance(error, CloudError):
        return error
    code = str(getattr(error, "code", None) or "")
    if "Credential" in type(error).__name__ or code == "InvalidCredentials":
        return Unreachable(
            "",
            "no credentials were found; set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET,"
            " or use a CLI profile or a role",
            "",
            action,
        )
    if code:
        return _api_error(action, code, error)
    return _transport_error(action, error)


def _api_error(action: str, code: str, error: Exception) -> CloudError:
    data = getattr(error, "data", None)
    request_id = str((data or {}).get("RequestId") or "") if isinstance(data, Mapping) else ""
    translated = family_of(code)(code, _said(error), request_id, action)
    if isinstance(translated, Throttled):
        translated.retry_after = min(
            float(getattr(error, "retry_after", 0) or 0) / 1000, LONGEST_PAUSE_SECONDS
        )
    return translated


def _said(error: Exception) -> str:
    message = str(getattr(error, "message", "") or "")
    # The SDK frames the API's own sentence with status and request id, which we show anyway.
    return message.removeprefix("code: ").partition(", ")[2].partition(" request id:")[0] or message


def _transport_error(action: str, error: Exception) -> CloudError:
    causes = list(_causes(error))
    if any(
        isinstance(cause, ValueError | KeyError | TypeError) and not isinstance(cause, OSError)
        for cause in causes
    ):
        return Malformed("", f"the reply to {action} is not of the documented form", "", action)
    reason = " ".join(str(causes[-1]).split())
    return Unreachable(
        "", f"the cloud does not answer: {reason}; see endpoint and network, then repeat", "", action
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    while True:
        yield error
        inner = getattr(error, "inner_exception", None) or error.__cause__
        if not isinstance(inner, BaseException):
            return
        error = inner
