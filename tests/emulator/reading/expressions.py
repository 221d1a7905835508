"""What an expression is worth, and what reading it does on the way: parameters read, refusals made."""

from __future__ import annotations

import ast
import builtins
import operator
import types
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from tests.emulator.reading.values import (
    Each,
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
    flat,
    joined,
    part,
    truth,
    union,
    values_in,
    values_of,
)

if TYPE_CHECKING:
    from tests.emulator.reading.program import Frame

_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
    ast.Not: operator.not_,
}


def worth(node: ast.AST | None, frame: Frame) -> Options:
    """What an expression can be worth."""
    if node is None:
        return [None]
    work = _WORTH.get(type(node))
    if work is not None:
        return work(node, frame)
    # Whatever else there is: what stands in it is read, and nothing is known of the whole.
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            worth(child, frame)
    return None


def _constant(node: Any, frame: Frame) -> Options:
    return [node.value]


def _name(node: Any, frame: Frame) -> Options:
    if node.id in frame.names:
        return frame.names[node.id]
    if node.id in frame.globals:
        return [frame.globals[node.id]]
    return [getattr(builtins, node.id)] if hasattr(builtins, node.id) else None


def _attribute(node: Any, frame: Frame) -> Options:
    owner = worth(node.value, frame)
    if owner is None:
        return [Method(None, node.attr)]
    return union(_member(one, node.attr, frame) for one in owner)


def _member(owner: Any, name: str, frame: Frame) -> Options:
    if isinstance(owner, Refusal):
        return [getattr(owner, name)] if name in ("code", "status") else None
    if isinstance(owner, Thing):
        return _member_of_thing(owner, name, frame)
    if isinstance(owner, types.ModuleType | type) and hasattr(owner, name):
        return [getattr(owner, name)]
    return [Method(owner, name)]


def _member_of_thing(owner: Thing, name: str, frame: Frame) -> Options:
    if name == "parameters":
        return [Reader()]
    if owner.made_with is not None and name in owner.made_with.values:
        return owner.made_with.values[name]
    found = getattr(owner.kind, name, None)
    if isinstance(found, property):
        return frame.run(found.fget, [[owner]], {})
    return [Method(owner, name)]


def _text(node: Any, frame: Frame) -> Options:
    parts = [worth(one.value if isinstance(one, ast.FormattedValue) else one, frame) for one in node.values]
    return combined(lambda *texts: "".join(map(str, texts)), *parts)


def _binary(node: Any, frame: Frame) -> Options:
    left, right = worth(node.left, frame), worth(node.right, frame)
    work = _OPERATORS.get(type(node.op))
    found = combined(work, left, right) if work else None
    if found is None and isinstance(node.op, ast.Add | ast.BitOr):
        return joined(left, right)
    return found


def _both(node: Any, frame: Frame) -> Options:
    """`and` and `or`: the right side counts only where the left one leaves it open."""
    goes_on = isinstance(node.op, ast.And)
    found: list[Options] = []
    for place, one in enumerate(node.values):
        value, last = worth(one, frame), place == len(node.values) - 1
        ends = value if last or value is None else [it for it in value if (not goes_on) in truth([it])]
        found.append(ends)
        if not last and goes_on not in truth(value):
            break
    return union(found)


def _either(node: Any, frame: Frame) -> Options:
    can = truth(worth(node.test, frame))
    return union(worth(node.body if way else node.orelse, frame) for way in sorted(can))


def _comparison(node: Any, frame: Frame) -> Options:
    sides = [worth(one, frame) for one in (node.left, *node.comparators)]
    work = _OPERATORS.get(type(node.ops[0]))
    # An error that was made is not None, whatever else it is.
    if isinstance(node.ops[0], ast.Is | ast.IsNot) and sides[1] == [None] and _is_told(sides[0]):
        told = isinstance(node.ops[0], ast.Is)
        return union([[(one is None) == told] for one in sides[0] or []])
    return combined(work, *sides) if work and len(sides) == 2 else None


def _is_told(value: Options) -> bool:
    return value is not None and not any(isinstance(one, Method) for one in value)


def _not(node: Any, frame: Frame) -> Options:
    value = worth(node.operand, frame)
    return [not one for one in sorted(truth(value))] if isinstance(node.op, ast.Not) else None


def _sequence(node: Any, frame: Frame) -> Options:
    values = [worth(one.value if isinstance(one, ast.Starred) else one, frame) for one in node.elts]
    spread = [isinstance(one, ast.Starred) for one in node.elts]
    whole = combined(lambda *parts: flat(parts, spread), *values)
    if whole is not None:
        return whole
    if any(spread):
        return [
            Each(union(elements(one) if inner else one for one, inner in zip(values, spread, strict=True)))
        ]
    return [Row(values)]


def _mapping(node: Any, frame: Frame) -> Options:
    keys = [
        elements(worth(value, frame)) if key is None else worth(key, frame) for key, value in _pairs(node)
    ]
    values = [
        values_in(worth(value, frame)) if key is None else worth(value, frame) for key, value in _pairs(node)
    ]
    plain = [one for one in (*keys, *values) if one is None or len(one) != 1 or not concrete(one[0])]
    if not plain and None not in node.keys:
        return [{key[0]: value[0] for key, value in zip(keys, values, strict=True) if key and value}]
    return [Table(union(keys), union(values))]


def _pairs(node: Any) -> list[tuple[Any, Any]]:
    return list(zip(node.keys, node.values, strict=True))


def _item(node: Any, frame: Frame) -> Options:
    owner, key = worth(node.value, frame), worth(node.slice, frame)
    found = combined(operator.getitem, owner, key)
    if found is not None or owner is None:
        return found
    if key is not None and len(key) == 1 and isinstance(key[0], int):
        return part(owner, key[0])
    return union(values_of(one) if isinstance(one, Table | dict) else elements([one]) for one in owner)


def _slice(node: Any, frame: Frame) -> Options:
    return combined(slice, *(worth(one, frame) for one in (node.lower, node.upper, node.step)))


def _comprehension(node: Any, frame: Frame) -> Options:
    inner = frame.inner()
    found: list[tuple[Options, Options]] = []
    for _ in _rounds(node.generators, inner):
        if isinstance(node, ast.DictComp):
            found.append((worth(node.key, inner), worth(node.value, inner)))
        else:
            found.append((worth(node.elt, inner), None))
    keys = union(key for key, _ in found)
    return [Table(keys, union(value for _, value in found)) if isinstance(node, ast.DictComp) else Each(keys)]


def _rounds(loops: list[ast.comprehension], frame: Frame) -> Iterator[None]:
    """Go through loops within loops, one round for each element."""
    if not loops:
        yield
        return
    options = elements(worth(loops[0].iter, frame))
    for one in [options] if options is None else [[option] for option in options]:
        frame.bind(loops[0].target, one)
        can = [truth(worth(test, frame)) for test in loops[0].ifs]
        if all(True in ways for ways in can):
            yield from _rounds(loops[1:], frame)


def _named(node: Any, frame: Frame) -> Options:
    value = worth(node.value, frame)
    frame.bind(node.target, value)
    return value


def _lambda(node: Any, frame: Frame) -> Options:
    return [frame.closure(node)]


def _call(node: Any, frame: Frame) -> Options:
    named = {one.arg: worth(one.value, frame) for one in node.keywords}
    callees = worth(node.func, frame)
    return union(frame.call(callees, given, named, node) for given in _arguments(node.args, frame))


def _arguments(nodes: list[ast.expr], frame: Frame) -> list[list[Options]]:
    """The lists of arguments that there can be: as many as there are tuples to be spread."""
    found: list[list[Options]] = [[]]
    for one in nodes:
        if isinstance(one, ast.Starred):
            found = [[*begun, *rest] for begun in found for rest in _spread(worth(one.value, frame))]
        else:
            value = worth(one, frame)
            found = [[*begun, value] for begun in found]
    return found


def _spread(value: Options) -> list[list[Options]]:
    return [_parts(one) for one in value or []] or [[]]


def _parts(option: Any) -> list[Options]:
    if isinstance(option, Row):
        return option.parts
    return [[one] for one in option] if isinstance(option, tuple | list) else []


_WORTH: dict[type[ast.AST], Callable[[Any, Frame], Options]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.JoinedStr: _text,
    ast.BinOp: _binary,
    ast.BoolOp: _both,
    ast.IfExp: _either,
    ast.Compare: _comparison,
    ast.UnaryOp: _not,
    ast.Tuple: _sequence,
    ast.List: _sequence,
    ast.Set: _sequence,
    ast.Dict: _mapping,
    ast.Subscript: _item,
    ast.Slice: _slice,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
    ast.NamedExpr: _named,
    ast.Lambda: _lambda,
    ast.Call: _call,
}
