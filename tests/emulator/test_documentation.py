"""docs/emulator.md names every setting, control call and event there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from emulator.control import Control
from emulator.control.events import EVENTS
from emulator.database import Database
from emulator.faults import Effect, Faults, Match
from emulator.rules.conduct import RULES
from emulator.rules.release import BLOCKS
from emulator.settings import Settings
from emulator.world import World

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "emulator.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"[A-Za-z_-]+", TEXT))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_its_row(name: str) -> None:
    default = Settings.model_fields[name].default
    shown = f"`{str(default).lower()}`" if isinstance(default, str | bool) else f"{default:g}"
    assert f"| `{name}` | {shown} |" in TEXT


def test_every_control_call_has_its_row() -> None:
    control = Control(World(Database(":memory:"), Settings()), Faults())
    assert [one for one in control.calls if f"`{one[0]} /_emulator/{one[1]}" not in TEXT] == []


@pytest.mark.parametrize("name", [*EVENTS, *BLOCKS, *Match.model_fields, *Effect.model_fields])
def test_every_event_and_every_part_of_a_fault_is_named(name: str) -> None:
    assert name in WORDS


@pytest.mark.parametrize("kind", RULES)
def test_every_kind_of_violation_has_its_row(kind: str) -> None:
    assert f"| `{kind}` |" in TEXT
