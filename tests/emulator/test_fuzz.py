"""Random requests of every action, right and wrong: answered well, in time, and a refusal changes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from emulator.actions import load
from emulator.database import Database
from emulator.errors import ApiError
from emulator.registry import ACTIONS, Action
from emulator.store import Store

from tests.emulator.fuzz import rounds
from tests.emulator.fuzz.rounds import REQUESTS_A_ROUND, Fault, Fuzz, judged
from tests.faults.figures import keep_figures

load()
ASKED_FOR = os.environ.get("EMULATOR_PROOF_FUZZ")
REQUESTS = int(ASKED_FOR or "10000")
# Two, so that as many processors can share a long run.
PARTS = 2
# In the usual run, chance may pass over some; in a long one it has no excuse.
MOST_MISSING = 0 if ASKED_FOR else len(ACTIONS) // 10


@pytest.mark.parametrize("part", range(PARTS))
def test_any_request_of_any_action(part: int) -> None:
    fuzz = Fuzz()
    for seed in range(part, REQUESTS // REQUESTS_A_ROUND, PARTS):
        fuzz.round(seed)
    assert fuzz.requests >= REQUESTS // PARTS - REQUESTS_A_ROUND
    print(f"{len(fuzz.missing)} of {len(ACTIONS)} actions were never accepted:", *fuzz.missing, sep="\n")
    assert len(fuzz.missing) <= MOST_MISSING, fuzz.missing
    figures = {
        "requests": fuzz.requests,
        "accepted": fuzz.requests - fuzz.refused,
        "refused": fuzz.refused,
        "over 0.1 s of work": fuzz.slow,
        "actions never accepted": len(fuzz.missing),
    }
    keep_figures("random requests", {"of all actions": figures})


def found(worlds: int = 3) -> str:
    """What the first of some rounds that fails says, "" when none does."""
    fuzz = Fuzz()
    for seed in range(worlds):
        try:
            fuzz.round(seed)
        except Fault as fault:
            return str(fault)
    return ""


def spoilt(monkeypatch: pytest.MonkeyPatch, name: str, handler: Any) -> None:
    action = ACTIONS["Ecs", name]
    instead = Action(action.product, name, handler, action.allowed, action.ignored, action.required)
    monkeypatch.setitem(ACTIONS, ("Ecs", name), instead)


def writes_and_refuses(call: Any) -> Any:
    call.world.new_order()
    raise ApiError(403, "IncorrectInstanceStatus", "too late")


def test_a_change_that_is_taken_back_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    spoilt(monkeypatch, "StartInstance", writes_and_refuses)
    assert found(1) == ""


def test_a_change_by_a_refused_call_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Database.transaction

    @contextmanager
    def never_taken_back(self: Database, name: str) -> Iterator[None]:
        if name == "action":
            yield
        else:
            with whole(self, name):
                yield

    spoilt(monkeypatch, "StartInstance", writes_and_refuses)
    monkeypatch.setattr(Database, "transaction", never_taken_back)
    assert "changed the world" in found()


def test_a_change_by_a_call_that_looks_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = Store.owned

    def touching(self: Store, *arguments: Any, **named: Any) -> Any:
        self.database.run("UPDATE resources SET region = region WHERE seq = 1")
        return listed(self, *arguments, **named)

    monkeypatch.setattr(Store, "owned", touching)
    assert "changed the world" in found()


def test_a_failure_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    spoilt(monkeypatch, "DescribeRegions", lambda call: {"Regions": 1 // 0})
    assert "InternalError" in found()


def test_a_call_that_does_not_end_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(call: Any) -> Any:
        while True:
            pass

    monkeypatch.setattr(rounds, "MOST_SECONDS", 0.3)
    spoilt(monkeypatch, "DescribeRegions", endless)
    assert "no answer within" in found()


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (200, b"{", {}),
        (200, b"[]", {}),
        (200, b'{"RequestId": "1"}', {}),
        (503, b'{"RequestId": "0C4BC0C0-0000-4000-8000-000000000000"}', {}),
        (403, b'{"RequestId": "0C4BC0C0-0000-4000-8000-000000000000", "Code": ""}', {}),
        (200, b'{"RequestId": "0C4BC0C0-0000-4000-8000-000000000000"}', {"content-type": "text/html"}),
    ],
)
def test_a_malformed_answer_is_noticed(status: int, body: bytes, headers: dict[str, str]) -> None:
    good = {"date": "now", "content-type": "application/json"}
    with pytest.raises(Fault):
        judged(status, body, {**good, **headers})
