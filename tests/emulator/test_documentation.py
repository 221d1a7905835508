"""docs/emulator.md names every action, setting, control call and event there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from emulator.actions import load
from emulator.control import Control
from emulator.control.events import EVENTS
from emulator.database import Database
from emulator.faults import Effect, Faults, Match
from emulator.registry import ACTIONS
from emulator.rules.release import BLOCKS
from emulator.settings import Settings
from emulator.world import World

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "emulator.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"[A-Za-z_-]+", TEXT))


def test_every_action_is_listed_and_no_other() -> None:
    load()
    section = TEXT.split("## Actions")[1].split("Accepted by")[0]
    listed = set(re.findall(r"\b[A-Z][a-z]+[A-Z]\w+\b", section))
    assert {name for _, name in ACTIONS} == {name for name in listed if name not in ("BssOpenApi",)}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_its_row(name: str) -> None:
    default = Settings.model_fields[name].default
    shown = f"`{default}`" if isinstance(default, str) else f"{default:g}"
    assert f"| `{name}` | {shown} |" in TEXT


def test_every_control_call_has_its_row() -> None:
    control = Control(World(Database(":memory:"), Settings()), Faults())
    assert [one for one in control.calls if f"`{one[0]} /_emulator/{one[1]}" not in TEXT] == []


@pytest.mark.parametrize("name", [*EVENTS, *BLOCKS, *Match.model_fields, *Effect.model_fields])
def test_every_event_and_every_part_of_a_fault_is_named(name: str) -> None:
    assert name in WORDS
