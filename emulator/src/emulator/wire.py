"""The three request dialects of the RPC style, and the envelopes.

Imports errors and accounts only.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from emulator import verbatim
from emulator.accounts import Identity
from emulator.errors import ApiError, missing_parameter
from emulator.names import words

PRODUCTS = {
    "2014-05-26": "Ecs",
    "2016-04-28": "Vpc",
    "2017-12-14": "BssOpenApi",
    "2015-04-01": "Sts",
    "2015-05-01": "Ram",
    "2015-06-12": "Location",
    "2019-08-15": "Ims",
    "2020-03-31": "ResourceManager",
    "2020-07-06": "Actiontrail",
    "2020-04-01": "EventBridge",
}
_CREDENTIAL = re.compile(
    r"^ACS3-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=[^,]+,\s*Signature=[0-9a-fA-F]+\Z"
)
_PROTOCOL = frozenset(
    words(
        "Action Version Format AccessKeyId Signature SignatureMethod SignatureVersion SignatureType "
        "SignatureNonce Timestamp SecurityToken SourceIp SecureTransport"
    )
)
_SECRET = ("Password", "Secret", "SecurityToken", "OIDCToken", "PrivateKeyBody")
# Calls that nobody signs: what they carry is the proof.
UNSIGNED = frozenset({("Sts", "AssumeRoleWithOIDC")})
# What a good answer of the two products says.
_GOOD = {"BssOpenApi": "Successful!", "EventBridge": "success"}
_RECOMMEND = "https://error-center.aliyun.com/status/search?Keyword={code}&source=PopGw"


def new_request_id() -> str:
    """Return a new request id."""
    return str(uuid.uuid4()).upper()


@dataclass
class RpcRequest:
    """A request with its protocol parts taken off: what is asked, by whom, with which parameters."""

    headers: Mapping[str, str]
    query: dict[str, str]
    form: dict[str, str]
    product: str = ""
    version: str = ""
    action: str = ""
    access_key_id: str = ""
    security_token: str = ""
    source_ip: str = ""
    secure: bool = False
    method: str = "POST"
    body: bytes = b""
    parameters: dict[str, str] = field(default_factory=dict)
    request_id: str = field(default_factory=new_request_id)
    # Once the signer is known to be good.
    identity: Identity | None = None

    @property
    def host(self) -> str:
        """Return the endpoint that the client addressed."""
        return self.headers.get("host", "")

    def common(self, name: str, header: str) -> str:
        """Return a protocol parameter from wherever the client put it."""
        return self.query.get(name) or self.form.get(name) or self.headers.get(header, "")

    def read(self) -> None:
        """Fill in action, product, key and parameters; ApiError if one of them is missing."""
        # One client signs in the query and asks in the form, so the action's parameters may lie in both.
        merged = {**self.query, **self.form}
        self.parameters = {name: value for name, value in merged.items() if name not in _PROTOCOL}
        self.action = self.common("Action", "x-acs-action")
        self.version = version = self.common("Version", "x-acs-version")
        self.product = PRODUCTS.get(version, "")
        self.access_key_id = "" if self._is_unsigned(merged) else self._signer(merged)
        self.security_token = self.common("SecurityToken", "x-acs-security-token")
        self._forwarded()
        if not self.action or not version:
            raise missing_parameter("Version" if self.action else "Action")
        if not self.product:
            raise ApiError(400, "NoSuchVersion", f"The specified version {version} does not exist.")

    def _forwarded(self) -> None:
        # A client may say where it stands; here nobody can fake it to any harm.
        self.source_ip = self.common("SourceIp", "") or self.source_ip
        self.secure = (self.common("SecureTransport", "") or str(self.secure)).lower() == "true"

    def _is_unsigned(self, merged: Mapping[str, str]) -> bool:
        signed = merged.get("AccessKeyId") or self.headers.get("authorization")
        return (self.product, self.action) in UNSIGNED and not signed

    def _signer(self, merged: Mapping[str, str]) -> str:
        authorization = self.headers.get("authorization", "")
        if authorization:
            match = _CREDENTIAL.match(authorization)
            if match is None:
                raise ApiError(
                    400, "IncompleteSignature", "The Authorization header does not conform to ACS3."
                )
            return match.group(1)
        if not merged.get("AccessKeyId"):
            raise missing_parameter("AccessKeyId")
        if not merged.get("Signature"):
            raise ApiError(
                400, "IncompleteSignature", "The request signature does not conform to the standards."
            )
        return merged["AccessKeyId"]


def parse(headers: Mapping[str, str], query: bytes, body: bytes) -> RpcRequest:
    """Split a request into its query and form; nothing is judged yet."""
    # An SDK labels an empty body with other types; only a real form has parameters.
    form = body if headers.get("content-type", "").startswith("application/x-www-form-urlencoded") else b""
    return RpcRequest(headers, pairs(query), pairs(form), body=body)


def without_secrets(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields for a log, passwords, secrets and tokens masked at any depth."""
    return {name: "***" if name.endswith(_SECRET) else _masked(value) for name, value in parameters.items()}


def _masked(value: Any) -> Any:
    if isinstance(value, list):
        return [_masked(part) for part in value]
    return without_secrets(value) if isinstance(value, dict) else value


def success(request: RpcRequest, reply: Mapping[str, Any]) -> bytes:
    """Encode a reply; only the products of money and events have a Code in a good answer."""
    # A top-level Code in any other good answer reads as an error in the stock provider.
    envelope: dict[str, Any] = {"RequestId": request.request_id, **reply}
    if request.product in _GOOD and "Success" not in reply:
        envelope = {**envelope, "Success": True, "Code": "Success", "Message": _GOOD[request.product]}
    return verbatim.encode(envelope)


def failure(error: ApiError, request: RpcRequest) -> bytes:
    """Encode an error envelope."""
    envelope: dict[str, Any] = {"RequestId": request.request_id, "HostId": request.host}
    envelope |= {"Code": error.code, "Message": error.message}
    if error.access_denied_detail is not None:
        envelope["AccessDeniedDetail"] = error.access_denied_detail
    return json.dumps({**envelope, "Recommend": _RECOMMEND.format(code=error.code)}).encode()


def pairs(text: bytes) -> dict[str, str]:
    """Split a query or a form; of a name that is there twice, the last counts."""
    found: dict[str, str] = {}
    for part in text.decode("utf-8", "replace").split("&"):
        if part:
            name, _, value = part.partition("=")
            found[_plain(name)] = _plain(value)
    return found


def _plain(text: str) -> str:
    return unquote_plus(text) if "%" in text or "+" in text else text
