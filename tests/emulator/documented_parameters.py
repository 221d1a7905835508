"""The parameters that the official clients know of each action, as they are sent: the reference, in short."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from emulator.registry import ACTIONS, COMMON

from tests.emulator.reading.handlers import Key
from tests.emulator.test_every_supported_call import PACKAGES

_SET = re.compile(r"if self\.(\w+) is not None:\n\s+result\['([\w.]+)'\] = ")
_FILLED = re.compile(r"result\['([\w.]+)'\] = \[\]\n\s+if self\.(\w+) is not None:")


@functools.cache
def documented(key: Key) -> frozenset[str] | None:
    """Return what the client of a product can send with an action; None if it does not know the action."""
    product, action = key
    if product not in PACKAGES:
        return None
    models = import_module(f"{PACKAGES[product]}.models")
    # Where a list travels as one JSON text, the model that is sent says so.
    kind = getattr(models, f"{action}ShrinkRequest", None) or getattr(models, f"{action}Request", None)
    if kind is None:
        return frozenset() if hasattr(models, f"{action}Response") else None
    return frozenset(_names(kind))


def refused(key: Key) -> list[str]:
    """Return what is documented of an action and refused here."""
    return sorted((documented(key) or frozenset()) - ACTIONS[key].allowed)


def unknown(key: Key) -> list[str]:
    """Return what is accepted here and not known to the client of today."""
    known = documented(key)
    return [] if known is None else sorted(ACTIONS[key].allowed - COMMON - known)


def _names(kind: type) -> Iterator[str]:
    annotations = vars(kind)["__init__"].__annotations__
    source = inspect.getsource(kind)
    filled = [(attribute, name) for name, attribute in _FILLED.findall(source)]
    for attribute, name in (*_SET.findall(source), *filled):
        yield from _flat(name, annotations[attribute], kind)


def _flat(name: str, annotation: Any, kind: type) -> Iterator[str]:
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
    inner = re.fullmatch(r"(?:typing\.)?List\[(.+)\]", str(annotation) if "List" in str(annotation) else text)
    base = f"{name}.N" if inner else name
    model = _model((inner.group(1) if inner else text).rpartition(".")[2], kind)
    if model is None:
        yield base
    else:
        yield from (f"{base}.{one}" for one in _names(model))


def _model(name: str, kind: type) -> type | None:
    found = getattr(inspect.getmodule(kind), name, None) or getattr(
        import_module(kind.__module__.partition(".")[0] + ".models"), name, None
    )
    return found if isinstance(found, type) and hasattr(found, "to_map") else None
