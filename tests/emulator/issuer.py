"""An issuer of OIDC tokens with a key of its own, as a pipeline's platform has one."""

from __future__ import annotations

import json
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

ISSUER, AUDIENCE, SUBJECT = "https://tokens.example.com", "sts.aliyuncs.com", "repo:team/stacks:ref:main"
KEY_ID = "first"


class Issuer:
    """Signs tokens, and says which keys it publishes."""

    def __init__(self, url: str = ISSUER) -> None:
        self.url = url
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def published(self) -> dict[str, Any]:
        """What the control call `publish` takes."""
        key = json.loads(RSAAlgorithm.to_jwk(self._key.public_key()))
        return {"issuer": self.url, "keys": [{**key, "kid": KEY_ID, "alg": "RS256", "use": "sig"}]}

    def token(self, now: float, key_id: str = KEY_ID, **claims: Any) -> str:
        """A token that is good for five minutes; a claim that is None is left out."""
        usual = {"iss": self.url, "aud": AUDIENCE, "sub": SUBJECT, "iat": int(now), "exp": int(now) + 300}
        said = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return jwt.encode(said, self._key, "RS256", headers={"kid": key_id})
