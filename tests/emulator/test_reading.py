"""The reader of the emulator's code, on small programs whose answers are plain."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

import pytest
from emulator.actions.instance_orders import Order
from emulator.errors import ApiError, BusinessFailure, instance_not_found, invalid_parameter
from emulator.registry import Call

from tests.emulator.reading.handlers import refusals
from tests.emulator.reading.program import Found, Program
from tests.emulator.reading.values import Thing

TABLE = {"Status": ("404", "InvalidStatus"), "Type": ("400", "InvalidType")}


def found_in(function: Callable[[Any], Any]) -> Found:
    assert isinstance(function, FunctionType)
    return Program().run(function, {"call": [Thing(Call)], "error": [None]})[0]


def codes(function: Callable[[Any], Any]) -> set[str]:
    return {f"{one.status} {one.code}" for one in found_in(function).refusals}


def loops(call: Any) -> None:
    for name, (status, code) in TABLE.items():
        if call.parameters.text(name) == "no":
            raise ApiError(int(status), f"{code}.NotFound", "")


def made_and_not_raised(call: Any) -> None:
    error = instance_not_found("i-0")
    raise ApiError(400, error.code, error.message)


def caught(call: Any) -> None:
    try:
        call.parameters.number("Size", 1, 1, 9, "InvalidSize")
    except ApiError as refused:
        raise BusinessFailure(refused.code, "") from None


def one_or_the_other(call: Any, error: ApiError | None = None) -> None:
    raise error or invalid_parameter("Name", "")


def grouped(call: Any) -> None:
    for disk in call.parameters.groups("DataDisk"):
        if disk.given("Size") and call.parameters.group("SystemDisk").items("Tag"):
            return


def put_in(call: Any) -> None:
    exact = {"Name": "a"}
    exact["Owner"] = "b"
    for name in exact:
        call.parameters.given(name)


def handed_on(call: Any) -> None:
    nothing: Any = None
    order = Order(nothing, 1, nothing, "", [], (1, ""), secondary=call.parameters.groups("DataDisk"))
    for disk in order.secondary:
        disk.text("Size")


def lost(call: Any) -> None:
    call.world.somewhere.flag("Force")


def dark(call: Any) -> None:
    raise ApiError(400, call.parameters.text("Code"), "")


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (loops, {"404 InvalidStatus.NotFound", "400 InvalidType.NotFound"}),
        (made_and_not_raised, {"400 InvalidInstanceId.NotFound"}),
        (caught, {"200 InvalidSize"}),
        (one_or_the_other, {"400 InvalidParameter"}),
        (grouped, set()),
    ],
)
def test_what_is_raised(function: Callable[[Any], Any], expected: set[str]) -> None:
    assert codes(function) == expected
    assert found_in(function).unclear == set()


def test_what_is_read_has_its_whole_name() -> None:
    assert found_in(grouped).reads == {"DataDisk.N.Size", "SystemDisk.Tag.N"}
    assert found_in(loops).reads == {"Status", "Type"}
    assert found_in(put_in).reads == {"Name", "Owner"}
    assert found_in(handed_on).reads == {"DataDisk.N.Size"}


def test_what_cannot_be_told_is_said_to_be_unclear() -> None:
    assert found_in(dark).unclear != set()
    assert found_in(lost).unclear != set()


def test_a_handler_whose_refusals_are_known() -> None:
    assert refusals(("Ecs", "DescribeInstanceAttribute")) == {
        "400 MissingParameter",
        "404 InvalidInstanceId.NotFound",
    }
