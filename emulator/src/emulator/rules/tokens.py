"""Tokens of outside issuers: whether one was signed by its issuer, for this provider, and is of today.

Imports errors, resources and world. No issuer is ever asked: a tester says what it publishes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emulator.errors import ApiError
from emulator.resources.oidc import OidcProvider
from emulator.world import World

if TYPE_CHECKING:
    from jwt.types import Options

_ALGORITHMS = ("RS256",)
_HOUR = 3600.0
_LONGEST, _SHORTEST = 20_000, 4
# Times and audience are judged here, by the emulator's clock and with the documented words.
_UNCHECKED: Options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False}
_FAMILY = "AuthenticationFail.OIDCToken"


@dataclass(frozen=True)
class Claims:
    """What a good token says."""

    issuer: str
    subject: str
    audience: str
    issued_at: float
    expires_at: float


def publish(world: World, issuer: str, keys: list[Mapping[str, Any]]) -> None:
    """Note the keys (JWK) that an issuer publishes; ValueError if one of them is none."""
    # Here and below, not above: it takes a sixth of the time to start, and most runs have no such token.
    import jwt

    for key in keys:
        try:
            jwt.PyJWK(dict(key))
        except (jwt.PyJWTError, KeyError, TypeError) as error:
            raise ValueError(f"a key of {issuer} is no JWK: {error}") from None
    world.database.set_fact(f"issuer/{issuer}", [dict(key) for key in keys])


def claims_of(world: World, provider: OidcProvider, token: str) -> Claims:
    """Return what a token says, or raise the documented refusal of one that is not good."""
    if not _SHORTEST <= len(token) <= _LONGEST:
        raise _refused("Invalid", "The Jwt content is invalid that cannot be recognized.")
    if token.count(".") != 2:
        raise _refused("Invalid", "The number of Jwt field should be divided into 3 parts with '.' .")
    content = _verified(world, provider, token)
    claims = _read(content, provider)
    # By the emulator's clock, which a tester can move.
    if world.now >= claims.expires_at or world.now - claims.issued_at > provider.issuance_limit_time * _HOUR:
        raise _refused("Expired", "This JsonWebToken is expired.")
    return claims


def _verified(world: World, provider: OidcProvider, token: str) -> Mapping[str, Any]:
    import jwt

    published = world.database.fact(f"issuer/{provider.issuer_url}")
    if published is None:
        raise _refused("HttpsUrlInvalid", f"Invoke url failed: {provider.issuer_url}")
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in _ALGORITHMS:
            told = f"The algorithm {header.get('alg')} that be specified in Jwt header is unknown."
            raise _refused("Invalid", told)
        key = next((one for one in published if one.get("kid") == header.get("kid")), None)
        if key is None:
            raise _refused("InvalidSignature", "OIDC token validate failed: invalid signature.")
        content: Mapping[str, Any] = jwt.decode(token, jwt.PyJWK(key), list(_ALGORITHMS), options=_UNCHECKED)
        return content
    except jwt.InvalidSignatureError:
        raise _refused("InvalidSignature", "OIDC token validate failed: invalid signature.") from None
    except (jwt.PyJWTError, ValueError):
        raise _refused("Invalid", "The Jwt content is invalid that cannot be recognized.") from None


def _read(content: Mapping[str, Any], provider: OidcProvider) -> Claims:
    listed = content.get("aud")
    audiences = [str(one) for one in (listed if isinstance(listed, list) else [listed])]
    audience = next((one for one in audiences if one in provider.client_ids), None)
    try:
        issued, expires = float(content["iat"]), float(content["exp"])
    except (KeyError, TypeError, ValueError):
        raise _refused("Invalid", "The Jwt content is invalid that cannot be recognized.") from None
    if content.get("iss") != provider.issuer_url:
        raise _refused("IssuerNotMatch", "Invalid issuer.")
    if audience is None:
        raise _refused("AudienceNotMatch", "Invalid audience.")
    return Claims(provider.issuer_url, str(content.get("sub", "")), audience, issued, expires)


def _refused(what: str, text: str) -> ApiError:
    return ApiError(401, f"{_FAMILY}.{what}", text)
