"""Signatures of requests, v1 (RPC) and v3 (ACS3), checked against the secret of their key.

Imports wire and errors. The time is the wall clock's, because clients sign with theirs.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from emulator.errors import ApiError
from emulator.wire import RpcRequest

SKEW_SECONDS = 900.0
_METHODS = {"HMAC-SHA1": hashlib.sha1, "HMAC-SHA256": hashlib.sha256}
_ACS3 = re.compile(r"SignedHeaders=([^,\s]+),\s*Signature=([0-9a-fA-F]+)\Z")


class Signatures:
    """Verifies signatures and remembers the nonces that were used within the allowed skew."""

    def __init__(self) -> None:
        self._nonces: dict[tuple[str, str], float] = {}

    def verify(self, request: RpcRequest, secret: str, now: float) -> None:
        """Raise the documented refusal of a request that its key's owner did not sign just now."""
        if "authorization" in request.headers:
            _verify_v3(request, secret)
        else:
            _verify_v1(request, secret)
        _check_time(request.common("Timestamp", "x-acs-date"), now)
        self._check_nonce(request, now)

    def _check_nonce(self, request: RpcRequest, now: float) -> None:
        nonce = request.common("SignatureNonce", "x-acs-signature-nonce")
        if not nonce:
            raise ApiError(400, "IncompleteSignature", "The request carries no signature nonce.")
        # What is older than the skew is refused for its age, so it need not be remembered.
        self._nonces = {key: used for key, used in self._nonces.items() if now - used <= 2 * SKEW_SECONDS}
        key = (request.access_key_id, nonce)
        if key in self._nonces:
            raise ApiError(400, "SignatureNonceUsed", "The signature nonce has been used.")
        self._nonces[key] = now


def _verify_v1(request: RpcRequest, secret: str) -> None:
    signed = {**request.query, **request.form}
    given = signed.pop("Signature", "")
    method = signed.get("SignatureMethod", "HMAC-SHA1")
    if method not in _METHODS or signed.get("SignatureVersion", "1.0") != "1.0":
        raise ApiError(400, "IncompleteSignature", f"The signature method {method} is not supported.")
    text = f"{request.method}&{_encoded('/')}&{_encoded(canonical(signed))}"
    digest = hmac.new(f"{secret}&".encode(), text.encode(), _METHODS[method]).digest()
    if not hmac.compare_digest(base64.b64encode(digest).decode(), given):
        # Clients of this dialect look for these very words to say what is wrong.
        raise ApiError(
            403,
            "SignatureDoesNotMatch",
            f"Specified signature is not matched with our calculation. server string to sign is:{text}",
        )


def _verify_v3(request: RpcRequest, secret: str) -> None:
    match = _ACS3.search(request.headers["authorization"])
    if match is None:
        raise ApiError(400, "IncompleteSignature", "The Authorization header does not conform to ACS3.")
    body_hash = hashlib.sha256(request.body).hexdigest()
    if request.headers.get("x-acs-content-sha256", "") != body_hash:
        raise ApiError(403, "SignatureDoesNotMatch", "The hash of the body is not the one that was signed.")
    # Never a fixed list: every SDK signs other headers.
    names = match.group(1).split(";")
    headers = "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in names)
    query = canonical(request.query)
    whole = "\n".join((request.method, "/", query, headers, match.group(1), body_hash))
    text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(whole.encode()).hexdigest()}"
    expected = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, match.group(2).lower()):
        raise ApiError(
            403, "SignatureDoesNotMatch", "Specified signature is not matched with our calculation."
        )


def canonical(parameters: Mapping[str, str]) -> str:
    """Return parameters as both versions sign them: sorted, RFC 3986, joined."""
    return "&".join(f"{_encoded(name)}={_encoded(parameters[name])}" for name in sorted(parameters))


def _encoded(text: str) -> str:
    return quote(text, safe="~")


def _check_time(text: str, now: float) -> None:
    if not text:
        raise ApiError(400, "IllegalTimestamp", "The input parameter Timestamp is mandatory.")
    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise ApiError(
            400, "IllegalTimestamp", f"The specified timestamp {text} is wrongly formed."
        ) from None
    if abs(moment - now) > SKEW_SECONDS:
        raise ApiError(400, "InvalidTimeStamp.Expired", f"The specified timestamp {text} has expired.")
