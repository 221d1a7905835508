"""What was found out about the actions by going through their code and the official clients.

It is kept in told.json, which is made anew by `make docs`. Imports nothing of the package.
"""

from __future__ import annotations

import functools
from pathlib import Path

from pydantic import BaseModel

FILE = Path(__file__).with_name("told.json")


class Told(BaseModel):
    """What is said of one action beside its registration."""

    # Of the parameters that every action takes, those that this one obeys.
    common: list[str] = []
    # Documented parameters that are refused.
    refused: list[str] = []
    # Parameters that are taken although the official client does not know them.
    beyond: list[str] = []
    # Status and code of its refusals that a test was given.
    answers: list[str] = []
    # Those that stand in its code, and that no test was given.
    unseen: list[str] = []
    # Documented refusals that it never gives, with the reason.
    never: dict[str, str] = {}


class Everything(BaseModel):
    """What is said of all actions."""

    # Refusals that any call can be answered with, before its action is asked.
    in_front: list[str]
    never: dict[str, str]
    # The number of actions whose documented refusals were all looked at.
    compared: int
    # By product and action, with a space between.
    actions: dict[str, Told]


@functools.cache
def everything() -> Everything:
    """Return what the file says."""
    return Everything.model_validate_json(FILE.read_text(encoding="utf-8"))
