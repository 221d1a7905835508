"""The one error of the toolchain: what happened, why, and what to do next."""

from __future__ import annotations


class ToolchainError(Exception):
    """Set-up cannot go on; the text is shown to the user as it is, without a stack trace."""

    def __init__(self, what: str, why: str, next_step: str) -> None:
        super().__init__(f"{what}\n  why:  {why}\n  next: {next_step}")
