"""What came back from the SDK, in our words: a body of the documented envelope, or a CloudError.

Imports the gateway's errors and retry tables; knows the SDK's exceptions by their attributes only.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from ecs_release.gateway.clients import BSS, Product
from ecs_release.gateway.errors import CannotCall, CloudError, Malformed, Throttled, Unreachable
from ecs_release.gateway.retry import family_of

LONGEST_RETRY_AFTER_SECONDS = 120.0
SUCCESS = "Success"
Body = Mapping[str, Any]
# What the SDK fails with when it puts a credential into a request's header.
NOT_CARRIED = ("InvalidHeader", "UnicodeEncodeError")
BAD_CREDENTIALS = (
    "the credentials hold characters that no request can carry; correct ALIBABA_CLOUD_ACCESS_KEY_ID,"
    " ALIBABA_CLOUD_ACCESS_KEY_SECRET and ALIBABA_CLOUD_SECURITY_TOKEN, then repeat"
)
NO_CREDENTIALS = (
    "no credentials were found; set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET,"
    " or use a CLI profile or a role, then repeat"
)


def body_of(product: Product, action: str, about: str, text: Any) -> Body:
    """The JSON object of a 200; raises Malformed, and for billing what its envelope reports."""
    try:
        body = json.loads(text, parse_constant=_refuse_constant)
    except (TypeError, ValueError, RecursionError) as error:
        raise Malformed("", "the reply is not JSON", "", action, about=about) from error
    request_id = body.get("RequestId") if isinstance(body, dict) else None
    # Every documented reply has one; without it something else has answered.
    if not request_id or not isinstance(request_id, str):
        raise Malformed("", "the reply carries no RequestId", "", action, about=about)
    checked: Body = body
    if product is BSS:
        _check_billing(action, about, checked)
    return checked


def _refuse_constant(name: str) -> NoReturn:
    # Python reads NaN and Infinity, which are no JSON and compare like no number.
    raise ValueError(f"{name} is no JSON")


def _check_billing(action: str, about: str, body: Body) -> None:
    """Billing reports errors with status 200, which the SDK lets through; raises them."""
    success, code = body.get("Success"), body.get("Code")
    is_error = success is False or (success is not True and body.get("Message"))
    if is_error and code not in (None, SUCCESS):
        raise _api_error(action, about, body, 200)
    # A reply that says neither must not pass for a refusal: a refund would be tried another way.
    if success is not True or code not in (None, SUCCESS):
        told = f"the reply has Success {success!r:.40} and Code {code!r:.40}, which say neither yes nor no"
        raise Malformed("", told, str(body["RequestId"]), action, about=about)


def translated(action: str, about: str, error: Exception) -> CloudError:
    """An SDK exception in our words; never with a credential in it."""
    if isinstance(error, CloudError):
        return error
    causes = list(_causes(error))
    if any("Credential" in type(cause).__name__ for cause in causes) or _code(error) == "InvalidCredentials":
        return CannotCall("", NO_CREDENTIALS, "", action, about=about)
    # Its own text repeats what it could not send.
    if any(type(cause).__name__ in NOT_CARRIED for cause in causes):
        return CannotCall("", BAD_CREDENTIALS, "", action, about=about)
    data = getattr(error, "data", None)
    if isinstance(data, Mapping):
        return _told_to_wait(_api_error(action, about, data, int(data.get("statusCode") or 0)), error)
    return _no_envelope(action, about, error, causes)


def _code(error: Exception) -> str:
    return str(getattr(error, "code", None) or "")


def _api_error(action: str, about: str, body: Mapping[str, Any], status: int) -> CloudError:
    code, request_id = body.get("Code"), _text(body.get("RequestId"))
    if not code or not isinstance(code, str):
        message = f"the reply, status {status}, is an error without a Code"
        return Malformed("", message, request_id, action, about=about, status=status)
    message = str(body.get("Message") or "the cloud gives no reason")
    family = family_of(code, status)
    # An error of the service itself has one; another's must not prove that something is gone.
    if not request_id and family is not Throttled:
        message = f"the error reply {code}, status {status}, carries no RequestId"
        return Malformed("", message, "", action, about=about, status=status)
    return family(code, message, request_id, action, about=about, status=status)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _told_to_wait(translated: CloudError, error: Exception) -> CloudError:
    if isinstance(translated, Throttled):
        milliseconds = float(getattr(error, "retry_after", 0) or 0)
        translated.retry_after = min(milliseconds / 1000, LONGEST_RETRY_AFTER_SECONDS)
    return translated


def _no_envelope(action: str, about: str, error: Exception, causes: list[BaseException]) -> CloudError:
    inner = getattr(error, "inner_exception", error)
    if isinstance(inner, AttributeError | TypeError | KeyError):
        # The SDK reads fields of an error body that is no object.
        return Malformed("", "the error reply is not a JSON object", "", action, about=about)
    if isinstance(inner, RuntimeError):
        # Only error replies are parsed by the SDK: this one is a page of something in between.
        return Unreachable("", "an error page came instead of a reply", "", action, about=about)
    reason = str(causes[-1]) or type(causes[-1]).__name__
    request = getattr(error, "last_request", None)
    host = getattr(request, "headers", {}).get("host", "the cloud")
    return Unreachable("", f"{host} does not answer: {reason}", "", action, about=about)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception, then what it came from, the first cause last."""
    while True:
        yield error
        inner = getattr(error, "inner_exception", None) or error.__cause__ or error.__context__
        if not isinstance(inner, BaseException):
            return
        error = inner
