"""What a call returns: of the emulator's own functions, of parameters, of what Python has built in."""

from __future__ import annotations

import ast
import dataclasses
import functools
import importlib
import inspect
import pkgutil
import types
from typing import TYPE_CHECKING, Any

from emulator.errors import ApiError, BusinessFailure
from emulator.parameters import Parameters

import emulator
from tests.emulator.reading.values import (
    Each,
    Fields,
    Method,
    Options,
    Reader,
    Refusal,
    Row,
    Table,
    Thing,
    combined,
    concrete,
    elements,
    union,
)

if TYPE_CHECKING:
    from tests.emulator.reading.program import Frame

_KEPT = ("ledger", "records", "store", "limits", "resources")
_LISTS = (list, tuple, sorted, set, frozenset, reversed, iter, dict.fromkeys)
# Nothing but parameters has methods of these names.
_PARAMETERS = ("text", "given", "flag", "number", "choice", "groups", "json_list")
_CHECKED = ("flag", "number", "choice", "json_list")


def called(
    callee: Any, given: list[Options], named: dict[str | None, Options], frame: Frame, node: ast.Call
) -> Options:
    """What one callee returns; refusals that it makes and parameters that it reads are noted."""
    if callee is ApiError or callee is BusinessFailure:
        return _refused(callee, given, named, frame)
    if isinstance(callee, types.FunctionType) and callee.__module__.startswith("emulator"):
        return frame.run(callee, given, named)
    if isinstance(callee, Method):
        return _method(callee, given, named, frame)
    if isinstance(callee, type) and callee.__module__.startswith("emulator"):
        return _made(callee, given, named, frame)
    if type(callee).__name__ == "Closure":
        return frame.run_closure(callee, given)
    _call_back(given, named, frame, node)
    return _built_in(callee, given, frame, node)


def _refused(kind: type, given: list[Options], named: dict[str | None, Options], frame: Frame) -> Options:
    status, code = (given[0], given[1]) if kind is ApiError and len(given) > 1 else ([200], given[0])
    if code is None or status is None or not all(map(concrete, [*code, *status])):
        code = None
    if code is None:
        frame.unclear("the code of a refusal")
        return None
    statuses = [one if isinstance(one, int) else "" for one in status or []]
    return [Refusal(number, str(one)) for number in statuses for one in code]


def _made(kind: type, given: list[Options], named: dict[str | None, Options], frame: Frame) -> Options:
    if kind is Parameters:
        return [Reader()]
    begin = vars(kind).get("__init__")
    # One that a dataclass has made has no text, and does nothing.
    if isinstance(begin, types.FunctionType) and not begin.__code__.co_filename.startswith("<"):
        frame.run(begin, [[Thing(kind)], *given], named)
    if dataclasses.is_dataclass(kind):
        names = [one.name for one in dataclasses.fields(kind)]
        told = {name: value for name, value in named.items() if name is not None}
        return [Thing(kind, Fields({**dict(zip(names, given, strict=False)), **told}))]
    return [Thing(kind)]


def _method(method: Method, given: list[Options], named: dict[str | None, Options], frame: Frame) -> Options:
    owner, name = method.owner, method.name
    if isinstance(owner, Reader):
        return _read(owner, name, given, named, frame)
    if isinstance(owner, Thing):
        return _run_all([getattr(owner.kind, name, None)], owner, given, named, frame)
    if name in _PARAMETERS and given:
        frame.unclear(f"whose {name} is asked for")
    if owner is None or isinstance(owner, Method):
        return _run_all(methods_named(name), None, given, named, frame)
    if isinstance(owner, Each | Row | Table) or not concrete(owner):
        return _of_container(owner, name, given, frame)
    found = combined(lambda *values: getattr(owner, name)(*values), *given) if hasattr(owner, name) else None
    if found is None and isinstance(owner, dict):
        return _of_container(Table(list(owner), list(owner.values())), name, given, frame)
    return found if name in ("items", "values", "keys", "get", "join", "format", "lower", "split") else None


def _run_all(
    functions: list[Any], owner: Any, given: list[Options], named: dict[str | None, Options], frame: Frame
) -> Options:
    found: list[Options] = []
    for function in functions:
        if isinstance(function, types.FunctionType) and function.__module__.startswith("emulator"):
            kind = owner or Thing(_owner(function))
            found.append(frame.run(function, [[kind], *given], named))
        elif inspect.ismethod(function):
            found.append(frame.run(function.__func__, [None, *given], named))
    return union(found) if found else None


def _owner(function: types.FunctionType) -> type:
    found: Any = inspect.getmodule(function)
    for word in function.__qualname__.split(".")[:-1]:
        found = getattr(found, word)
    return found  # type: ignore[no-any-return]


@functools.cache
def methods_named(name: str) -> list[Any]:
    """Methods of that name of what keeps the world; who calls one of an unknown object may call any."""
    return [vars(kind)[name] for kind in _kinds() if isinstance(vars(kind).get(name), types.FunctionType)]


@functools.cache
def _kinds() -> list[type]:
    found = []
    for module in pkgutil.walk_packages(emulator.__path__, "emulator."):
        if module.name.split(".")[1] in _KEPT:
            members = vars(importlib.import_module(module.name)).values()
            found += [one for one in members if isinstance(one, type) and one.__module__ == module.name]
    return found


def _read(
    reader: Reader, name: str, given: list[Options], named: dict[str | None, Options], frame: Frame
) -> Options:
    names = given[0] if given else None
    if names is None:
        frame.unclear(f"the name of a parameter that is read by {name}")
        return None
    whole = [f"{reader.prefix}{one}" for one in names]
    if name == "group":
        return [Reader(f"{one}.") for one in whole]
    if name == "groups":
        return [Each([Reader(f"{one}.N.") for one in whole])]
    frame.found.reads |= {f"{one}.N" if name == "items" else one for one in whole}
    if name in _CHECKED:
        frame.run(getattr(Parameters, name), [[Thing(Parameters)], *given], named)
    return None


def _of_container(owner: Any, name: str, given: list[Options], frame: Frame) -> Options:
    if isinstance(owner, Table):
        rows = {"items": Row([owner.keys, owner.values]), "keys": None, "values": None}
        if name in rows:
            inner = {"items": [rows["items"]], "keys": owner.keys, "values": owner.values}[name]
            return [Each(inner)]
        if name in ("get", "pop", "setdefault"):
            return union([owner.values, given[1] if len(given) > 1 else [None]])
    return None


def _call_back(given: list[Options], named: dict[str | None, Options], frame: Frame, node: ast.Call) -> None:
    """A function that is handed over is called, with nothing known of what."""
    many = elements(given[-1]) if given else None
    for value in [*given, *named.values()]:
        for one in value or []:
            known = isinstance(one, types.FunctionType | type) or type(one).__name__ == "Closure"
            if known and one not in _QUIET:
                frame.call([one], [many], {}, node)


_QUIET = (str, int, float, bool, dict, list, tuple, set, frozenset)


def _built_in(callee: Any, given: list[Options], frame: Frame, node: ast.Call) -> Options:
    # What is raised besides refusals is answered by nobody.
    if isinstance(callee, type) and issubclass(callee, Exception):
        return []
    if not given:
        return None
    if callee is map:
        return [Each(frame.call(given[0], [elements(one) for one in given[1:]], {}, node))]
    if callee is filter:
        return [Each(elements(given[1]))]
    if callee is enumerate:
        return [Each([Row([None, elements(given[0])])])]
    if callee is zip:
        return [Each([Row([elements(one) for one in given])])]
    if callee is next:
        return union([elements(given[0]), *given[1:]])
    if callee in _LISTS or getattr(callee, "__name__", "") == "fromkeys":
        found = combined(lambda one: tuple(one), given[0])
        return found if found is not None else [Each(elements(given[0]))]
    return combined(callee, *given) if callee in (str, int, len, bool, dict) else None
