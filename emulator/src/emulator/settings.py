"""Durations and switches: what the documentation leaves open, in one place. Imports nothing of the package.

Every field is a serve option, a key of the settings control call, and a row of docs/emulator.md.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

# Some 30 years; beyond the times that can be written there would be no next event.
MOST_SECONDS = 1_000_000_000


class Settings(BaseModel):
    """Seconds of emulated time that each change takes, and the choices between two documented behaviours."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True, allow_inf_nan=False)

    # Short, because a client that waits waits in real time.
    pending_seconds: float = Field(default=1.0, ge=0)
    starting_seconds: float = Field(default=1.0, ge=0)
    stop_seconds: float = Field(default=1.0, ge=0)
    release_seconds: float = Field(default=2.0, ge=0)
    graceful_release_seconds: float = Field(default=10.0, ge=0)
    convert_seconds: float = Field(default=1.0, ge=0)
    reclaim_seconds: float = Field(default=300.0, ge=0)
    eip_seconds: float = Field(default=1.0, ge=0)
    disk_seconds: float = Field(default=1.0, ge=0)
    snapshot_seconds: float = Field(default=2.0, ge=0)
    snapshot_gib_seconds: float = Field(default=0.0, ge=0)
    image_seconds: float = Field(default=2.0, ge=0)
    expired_stop_seconds: float = Field(default=3600.0, ge=0)
    maintenance_seconds: float = Field(default=300.0, ge=0)
    initializing_seconds: float = Field(default=0.0, ge=0)
    bill_delay_seconds: float = Field(default=0.0, ge=0)
    trail_delay_seconds: float = Field(default=0.0, ge=0)
    # Counts, not seconds.
    release_polls: int = Field(default=0, ge=0, le=1000)
    refund_vcpu_hours: int = Field(default=1_000_000, ge=0, le=1_000_000_000)
    security_lock_release: Literal["allowed", "refused"] = "allowed"
    # The pages of different actions document all three.
    throttling_status: Literal[400, 403, 429] = 400
    throttling_retry_after: Literal["omitted", "sent"] = "omitted"
    verify_signatures: bool = False
    enforce_ram: bool = False

    @field_validator("*")
    @classmethod
    def within_reach(cls, value: Any) -> Any:
        """Refuse what no client lives to see."""
        if isinstance(value, float) and value > MOST_SECONDS:
            raise ValueError(f"at most {MOST_SECONDS} seconds")
        return value
