"""What the text of the emulator says of each of its actions, and of what stands in front of them all."""

from __future__ import annotations

import functools
import inspect
import re
from typing import Any, get_args

from emulator.actions import load
from emulator.registry import ACTIONS, Action, Call, lookup
from emulator.rules import rights, throttling
from emulator.rules.credentials import signer
from emulator.settings import Settings
from emulator.signatures import Signatures
from emulator.wire import RpcRequest

from tests.emulator.reading.program import Found, Program
from tests.emulator.reading.values import Options, Refusal, Thing

Key = tuple[str, str]
_PROGRAM = Program()
# What a request passes before its handler, and the objects whose methods they are.
_FRONT: list[tuple[Any, type | None]] = [
    (RpcRequest.read, RpcRequest),
    (signer, None),
    (Signatures.verify, Signatures),
    (lookup, None),
    (rights.refusal, None),
    (Action.check, Action),
    (throttling.admit, None),
]


@functools.cache
def facts() -> dict[Key, Found]:
    """What each handler reads and refuses."""
    load()
    return {key: _run(action.handler, Thing(Call))[0] for key, action in sorted(ACTIONS.items())}


@functools.cache
def in_front() -> frozenset[str]:
    """The refusals that any action can be answered with, before its handler is asked."""
    asked = [_run(function, Thing(kind) if kind else None) for function, kind in _FRONT]
    # One of them hands its refusal over, and another raises it.
    handed = (one for _, returned in asked for one in returned or [] if isinstance(one, Refusal))
    found = {_said(one) for one in (*handed, *(one for found, _ in asked for one in found.refusals))}
    # The status of this one is a setting.
    statuses = get_args(Settings.model_fields["throttling_status"].annotation)
    return frozenset(found | {f"{status} Throttling.User" for status in statuses})


@functools.cache
def refusals(key: Key) -> frozenset[str]:
    """The refusals of one action: those of its handler and those of its mandatory parameters."""
    found = {_said(one) for one in facts()[key].refusals}
    return frozenset(found | {f"400 {code}" for code in ACTIONS[key].required.values()})


def sent(name: str) -> str:
    """Return a parameter's name with the first index where the documentation writes N."""
    return re.sub(r"\.N(?=\.|$)", ".1", name)


def reads(key: Key) -> set[str]:
    """The parameters that the handler of an action asks for, of those that it can be sent."""
    return facts()[key].reads & ACTIONS[key].allowed


def _said(refusal: Refusal) -> str:
    return f"{refusal.status} {refusal.code}"


def _run(function: Any, first: Thing | None) -> tuple[Found, Options]:
    names: dict[str, Options] = dict.fromkeys(inspect.signature(function, follow_wrapped=False).parameters)
    if first is not None:
        names[next(iter(names))] = [first]
    return _PROGRAM.run(function, names)
