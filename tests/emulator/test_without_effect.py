"""What is said to be without effect has none: the same reply and the same world, with it and without it."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from emulator.registry import ACTIONS
from emulator.typed import CHOICES, FLAGS, NUMBERS

from tests.emulator.inside import Inside, taken_back
from tests.emulator.reading.handlers import sent
from tests.emulator.wrong_values import CALLS, ask

Key = tuple[str, str]
BESIDE = {
    "DataDisk.N": {"DataDisk.1.Size": "20"},
    "NetworkInterface.N": {"NetworkInterface.1.InstanceType": "Primary"},
}
INERT = [
    (key, name)
    for key in CALLS
    for name in sorted(ACTIONS[key].ignored - set(ACTIONS[key].required))
    if name not in CALLS[key]
]


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids that come in order instead of by chance."""
    monkeypatch.setattr(secrets, "token_bytes", lambda length: bytes(length))


def right(name: str) -> str:
    """Return a value of the type that the parameter has."""
    last = name.rpartition(".")[2]
    if last in FLAGS:
        return "true"
    return "7" if last in NUMBERS else CHOICES.get(last, ("any",))[-1]


def outcome(inside: Inside, made: dict[str, str], key: Key, more: dict[str, str]) -> Any:
    """Return what a call answers and what the world is afterwards."""
    numbers = iter(range(10**6))
    with pytest.MonkeyPatch.context() as patch, taken_back(inside):
        patch.setattr(secrets, "token_hex", lambda length: f"{next(numbers):0{2 * length}x}")
        answer = ask(inside, made, *key, more)
        reply = {name: value for name, value in answer.body.items() if name != "RequestId"}
        return answer.status, reply, inside.look("state")


@pytest.mark.parametrize(("key", "name"), INERT, ids=lambda one: one if isinstance(one, str) else one[1])
def test_it_changes_nothing(inside: Inside, made: dict[str, str], key: Key, name: str) -> None:
    # A part of a disk or an interface is nothing without the rest of it.
    beside = next((more for start, more in BESIDE.items() if name.startswith(start)), {})
    without = outcome(inside, made, key, beside)
    assert without[0] == 200
    assert outcome(inside, made, key, {**beside, sent(name): right(name)}) == without


def test_what_has_an_effect_would_be_seen(inside: Inside, made: dict[str, str]) -> None:
    key = ("Ecs", "ModifyInstanceAttribute")
    assert outcome(inside, made, key, {"InstanceName": "other"}) != outcome(inside, made, key, {})
