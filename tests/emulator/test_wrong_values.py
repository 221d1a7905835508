"""Every typed parameter with values that are none: the documented refusal, never 200, never a failure."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from emulator.actions import load
from emulator.registry import ACTIONS
from emulator.typed import CHOICES as WORDS
from emulator.typed import FLAGS
from emulator.typed import NUMBERS as COUNTS

from tests.emulator import wrong_values
from tests.emulator.inside import Inside, taken_back
from tests.emulator.wrong_values import CALLS, INVALID, Wrong, ask

load()
PRODUCTS = {action: product for product, action in CALLS}
MODELS = {
    "Ecs": "alibabacloud_ecs20140526",
    "Vpc": "alibabacloud_vpc20160428",
    "BssOpenApi": "alibabacloud_bssopenapi20171214",
    "Ram": "alibabacloud_ram20150501",
    "Actiontrail": "alibabacloud_actiontrail20200706",
}


def named(product: str, action: str, names: frozenset[str] | dict[str, Any]) -> list[str]:
    """Return the parameters of an action that have one of these names at any depth."""
    known = ACTIONS[product, action].allowed
    return sorted(re.sub(r"\.N(?=\.|$)", ".1", one) for one in known if one.rpartition(".")[2] in names)


def everywhere() -> Iterator[Wrong]:
    """Yield what the registry knows by name alone."""
    for product, action in CALLS:
        for parameter in named(product, action, FLAGS):
            for value in wrong_values.TEXT_FOR_A_FLAG:
                yield Wrong(product, action, parameter, value, INVALID)
        for parameter in named(product, action, COUNTS):
            yield Wrong(product, action, parameter, "many", INVALID)
        for parameter in named(product, action, WORDS):
            yield Wrong(product, action, parameter, "Nonsense", INVALID)


def numbers() -> Iterator[tuple[Wrong, dict[str, Any]]]:
    for action, parameter, least, most, outcome, more in wrong_values.NUMBERS:
        outside = [str(least - 1), str(most + 1), "-1", str(-(10**8))]
        for value in [*filter(None, wrong_values.TEXT_FOR_A_NUMBER), *dict.fromkeys(outside)]:
            yield Wrong(PRODUCTS[action], action, parameter, value, outcome), more
    for action, parameter in wrong_values.CLAMPED:
        for value in filter(None, wrong_values.TEXT_FOR_A_NUMBER):
            yield Wrong("Ecs", action, parameter, value, INVALID), {}


def choices() -> Iterator[tuple[Wrong, dict[str, Any]]]:
    for action, parameter, outcome, more in wrong_values.CHOICES:
        for value in ("Nonsense", "null", "[]", "\u00e9"):
            yield Wrong(PRODUCTS[action], action, parameter, value, outcome), more


def lists() -> Iterator[Wrong]:
    for action, parameter, most, malformed, longer in wrong_values.LISTS:
        for value in wrong_values.TEXT_FOR_A_LIST:
            yield Wrong(PRODUCTS[action], action, parameter, value, malformed)
        yield Wrong(PRODUCTS[action], action, parameter, wrong_values.too_long(most), longer)


def judge(inside: Inside, made: dict[str, str], wrong: Wrong, more: dict[str, Any]) -> None:
    before = inside.look("state")
    order = {**more, wrong.parameter: wrong.value}
    answer = ask(inside, made, wrong.product, wrong.action, order)
    assert answer.outcome == wrong.outcome, answer.body
    assert inside.look("state") == before


@pytest.mark.parametrize(("product", "action"), CALLS)
def test_the_call_itself_is_right(inside: Inside, made: dict[str, str], product: str, action: str) -> None:
    with taken_back(inside):
        answer = ask(inside, made, product, action, {})
    assert (answer.status, answer.body.get("Success", True)) == (200, True), answer.body


@pytest.mark.parametrize("wrong", list(everywhere()), ids=lambda wrong: wrong.id)
def test_wrong_whatever_the_action(inside: Inside, made: dict[str, str], wrong: Wrong) -> None:
    judge(inside, made, wrong, {})


@pytest.mark.parametrize(("wrong", "more"), list(numbers()), ids=lambda one: getattr(one, "id", "with"))
def test_no_number(inside: Inside, made: dict[str, str], wrong: Wrong, more: dict[str, Any]) -> None:
    judge(inside, made, wrong, more)


@pytest.mark.parametrize(("wrong", "more"), list(choices()), ids=lambda one: getattr(one, "id", "with"))
def test_no_such_word(inside: Inside, made: dict[str, str], wrong: Wrong, more: dict[str, Any]) -> None:
    judge(inside, made, wrong, more)


@pytest.mark.parametrize("wrong", list(lists()), ids=lambda wrong: wrong.id[:60])
def test_no_list(inside: Inside, made: dict[str, str], wrong: Wrong) -> None:
    judge(inside, made, wrong, {})


@pytest.mark.parametrize(
    ("action", "parameter", "least", "most", "more"),
    [(action, name, low, high, more) for action, name, low, high, _, more in wrong_values.NUMBERS],
)
def test_the_bounds_themselves_are_right(
    inside: Inside,
    made: dict[str, str],
    action: str,
    parameter: str,
    least: int,
    most: int,
    more: dict[str, Any],
) -> None:
    for value in (least, most):
        with taken_back(inside):
            answer = ask(inside, made, PRODUCTS[action], action, {**more, parameter: value})
        assert answer.status == 200, answer.body


def booleans(model: type) -> Iterator[str]:
    """Yield the wire names of a model's booleans."""
    source = inspect.getsource(model)
    for attribute, kind in vars(model)["__init__"].__annotations__.items():
        found = re.search(rf"if self\.{attribute} is not None:\s+result\['(\w+)'\]", source)
        if found and kind in (bool, "bool"):
            yield found.group(1)


@pytest.mark.parametrize("product", MODELS)
def test_every_boolean_of_the_official_models_is_known_as_one(product: str) -> None:
    models = importlib.import_module(f"{MODELS[product]}.models")
    known = {name for owner, name in ACTIONS if owner == product}
    found = {
        (name, parameter)
        for name in known
        for parameter in booleans(getattr(models, f"{name}Request"))
        if parameter in ACTIONS[product, name].allowed
    }
    assert {pair for pair in found if pair[1] not in FLAGS} == set()
    assert found
