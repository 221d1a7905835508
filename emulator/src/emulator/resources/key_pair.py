"""Key pairs, found by their names, and deployment sets. Imports the base record and times only."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from emulator import times
from emulator.resources.base import Resource


class KeyPair(Resource):
    """A key pair; its id is its name within account and region."""

    kind = "key_pairs"
    hidden: ClassVar[set[str]] = {"id", "public_key"}

    key_pair_name: str
    key_pair_finger_print: str = ""
    public_key: str = ""
    resource_group_id: str = ""

    def view(self) -> dict[str, Any]:
        """Return the pair as DescribeKeyPairs shows it."""
        return {**super().view(), "CreationTime": times.to_second(self.created_at)}


def key_pair_id(account: str, region: str, name: str) -> str:
    """Return the id under which a pair is kept; the API knows names only."""
    return f"key-{account}-{region}-{name}"


class DeploymentSet(Resource):
    """A deployment set, which keeps its instances on different machines."""

    kind = "deployment_sets"

    id: str = Field(serialization_alias="DeploymentSetId")
    deployment_set_name: str = ""
    deployment_set_description: str = ""
    strategy: str = "Availability"
    granularity: str = "host"
    domain: str = "default"

    def view(self) -> dict[str, Any]:
        """Return the set as DescribeDeploymentSets shows it, without its instances."""
        return {
            **super().view(),
            "CreationTime": times.to_second(self.created_at),
            "DeploymentStrategy": self.strategy,
            "GroupCount": 0,
            "Capacities": {"Capacity": []},
        }
