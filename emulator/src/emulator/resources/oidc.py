"""An OIDC identity provider of an account, as IMS keeps it. Imports the base and times only."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from emulator import times
from emulator.resources.base import Resource


class OidcProvider(Resource):
    """Whose tokens an account takes, and for which clients."""

    kind = "oidc_providers"
    hidden: ClassVar[set[str]] = {"id", "region_id", "updated_at", "client_ids", "fingerprints"}

    name: str = Field(serialization_alias="OIDCProviderName")
    issuer_url: str
    description: str = ""
    client_ids: list[str] = Field(default_factory=list)
    fingerprints: list[str] = Field(default_factory=list)
    issuance_limit_time: int = 12
    updated_at: float

    @property
    def parent(self) -> str:
        """Return where the name finds the provider."""
        return f"{self.account_id}/{self.name}"

    @property
    def arn(self) -> str:
        """Return the resource name of the provider."""
        return f"acs:ram::{self.account_id}:oidc-provider/{self.name}"

    def view(self) -> dict[str, Any]:
        """Return the provider as GetOIDCProvider shows it."""
        return {
            **self.plain(),
            "Arn": self.arn,
            # Lists travel as text in this product, in both directions.
            "ClientIds": ",".join(self.client_ids),
            "Fingerprints": ",".join(self.fingerprints),
            "CreateDate": times.to_second(self.created_at),
            "UpdateDate": times.to_second(self.updated_at),
            "GmtCreate": str(int(self.created_at * 1000)),
            "GmtModified": str(int(self.updated_at * 1000)),
        }
