"""An emulator as a test sees it. Imports the other modules of this folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from emulator.testing.clock import Clock
from emulator.testing.control import ControlError
from emulator.testing.events import Events
from emulator.testing.faults import Faults

# Products whose endpoint the stock provider for Terraform and Pulumi reads from the environment.
_PRODUCTS = (
    "ECS",
    "VPC",
    "BSSOPENAPI",
    "STS",
    "RAM",
    "LOCATION",
    "RESOURCEMANAGER",
    "ACTIONTRAIL",
    "EVENTBRIDGE",
)
_LOCAL = "localhost,127.0.0.1,::1"


class Emulator(Clock, Faults, Events):
    """Where it listens, what it has seen, and its clock, faults and events as methods."""

    def __init__(self, port: int, host: str = "127.0.0.1", database: Path | None = None) -> None:
        super().__init__(port, host)
        self._database = database
        self._mark = 0

    def requests(self, since: int = 0) -> list[dict[str, Any]]:
        """Return every API call after the one with this number, oldest first."""
        rows: list[dict[str, Any]] = self.get(f"requests?since={since}")
        return rows

    def counts(self) -> dict[str, int]:
        """Return how often each action was called."""
        counts: dict[str, int] = self.get("counts")
        return counts

    def state(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Return all resources of all accounts: by kind, then by id, in the API's spelling."""
        state: dict[str, dict[str, dict[str, Any]]] = self.get("state")
        return state

    def violations(self, since: int = 0) -> list[dict[str, Any]]:
        """Return the calls that a careful client would not have sent."""
        rows: list[dict[str, Any]] = self.get(f"violations?since={since}")
        return rows

    def deliveries(self, since: int = 0) -> list[dict[str, Any]]:
        """Return what EventBridge had to deliver, and what came of it."""
        rows: list[dict[str, Any]] = self.get(f"deliveries?since={since}")
        return rows

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Return the durations and switches, after changing those that are given."""
        told: dict[str, Any] = self.post("settings", changes) if changes else self.get("settings")
        return told

    def reset(self) -> None:
        """Begin a fresh world: no resources, faults or limits, an empty log, the clock of the machine."""
        self.post("reset", {})
        self._mark = 0

    def is_up(self) -> bool:
        """Tell whether it answers."""
        try:
            return bool(self.get("health") == {"status": "ok"})
        except (OSError, ControlError):
            return False

    def mark(self) -> None:
        """Remember where the log ends, for `since_mark`."""
        self._mark = self.get("pulse")["requests"]

    def since_mark(self) -> list[dict[str, Any]]:
        """Return the API calls since `mark` or the last reset."""
        return self.requests(self._mark)

    def environ(self, key: str = "emulator", *, tls: bool = False) -> dict[str, str]:
        """Return the environment variables that lead clients here, as this access key.

        With `tls`, they also make clients trust the emulator's certificate.
        """
        endpoints = {f"{product}_ENDPOINT": self.endpoint for product in _PRODUCTS}
        secure = {name: str(self.ca_file) for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")} if tls else {}
        return {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": key,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": key,
            # Without a key, no client may ask the machine that it runs on for another one.
            "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
            # Some clients compare with the host alone, some with host and port.
            "NO_PROXY": f"{_LOCAL},{self.endpoint}",
            "no_proxy": f"{_LOCAL},{self.endpoint}",
            **endpoints,
            **secure,
        }

    @property
    def ca_file(self) -> Path:
        """Return a file with the certificate that clients have to trust to speak TLS with it."""
        if self._database is None:
            raise ValueError("only the machine that an emulator runs on can read its certificate")
        # Not above: it takes long to import, and most tests speak plain HTTP.
        from emulator.certificates import Authority, beside

        path = self._database.with_name("ca.pem")
        if not path.exists():
            path.write_text(Authority(beside(self._database)).pem, encoding="utf-8")
        return path
