"""What the cloud does by itself, on a test's order. Imports control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from emulator.testing.control import Control

Lock = Literal["financial", "security", "Recycling", "dedicatedhostfinancial", "refunded"]
Obstacle = Literal["slb-configuring", "route-entry", "eni-linked", "system-managed", "volumes-attached"]


class Events(Control):
    """One method for each event; ControlError if it cannot happen."""

    def expire(self, instance: str) -> None:
        """Let the paid time of a subscription end now, unrenewed."""
        self._happen(expire=instance)

    def lock(self, instance: str, reason: Lock) -> None:
        """Lock an instance, and nothing else."""
        self._happen(lock=[instance, reason])

    def unlock(self, instance: str, reason: Lock) -> None:
        """Lift one lock of an instance."""
        self._happen(unlock=[instance, reason])

    def overdue(self, overdue: bool = True, *, account: str | None = None) -> None:
        """Let an account, by default that of the key `emulator`, fall into arrears; False: it has paid."""
        self._happen(overdue=overdue if account is None else [account, overdue])

    def reclaim(self, instance: str) -> None:
        """Let the cloud take a spot instance back."""
        self._happen(reclaim=instance)

    def block(self, instance: str, obstacle: Obstacle) -> None:
        """Put an obstacle in the way of a release."""
        self._happen(block=[instance, obstacle])

    def unblock(self, instance: str, obstacle: Obstacle) -> None:
        """Take an obstacle away."""
        self._happen(unblock=[instance, obstacle])

    def maintain(self, instance: str, event: str = "SystemMaintenance.Reboot") -> None:
        """Announce maintenance of an instance, or let it fail (SystemFailure.… or InstanceFailure.…)."""
        self._happen(maintain=[instance, event])

    def linger(self, instance: str) -> None:
        """Let the next release of an instance be accepted and not happen."""
        self._happen(linger=instance)

    def pay(self, instance: str) -> None:
        """Pay for the conversion that was ordered with AutoPay=false."""
        self._happen(pay=instance)

    def fail(self, snapshot: str) -> None:
        """Let a snapshot that is being taken fail."""
        self._happen(fail=snapshot)

    def publish(self, issuer: str, keys: Sequence[Mapping[str, Any]]) -> None:
        """Let an issuer of OIDC tokens publish these keys (JWK)."""
        self._happen(publish={"issuer": issuer, "keys": [dict(key) for key in keys]})

    def _happen(self, **event: Any) -> None:
        self.post("events", event)
