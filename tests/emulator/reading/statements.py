"""Goes through statements: branches that can be taken, loops once, and what is caught on the way."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.emulator.reading.expressions import worth
from tests.emulator.reading.values import Options, Refusal, Table, concrete, elements, truth, union, values_in

if TYPE_CHECKING:
    from tests.emulator.reading.program import Frame

_CAUGHT = {"ApiError": False, "BusinessFailure": True}


def execute(body: list[ast.stmt], frame: Frame) -> bool:
    """Go through statements in order; return whether nothing comes after them."""
    for one in body:
        work = _WORK.get(type(one))
        if work is not None and work(one, frame):
            return True
    return False


def _expression(node: Any, frame: Frame) -> bool:
    if isinstance(node.value, ast.Yield | ast.YieldFrom):
        value = worth(node.value.value, frame)
        frame.yielded.append(elements(value) if isinstance(node.value, ast.YieldFrom) else value)
    else:
        worth(node.value, frame)
    return False


def _assign(node: Any, frame: Frame) -> bool:
    value = worth(node.value, frame)
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        if isinstance(target, ast.Name | ast.Tuple):
            frame.bind(target, value)
        elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            _put(target.value.id, worth(target.slice, frame), value, frame)
        else:
            worth(target, frame)
    return False


def _put(name: str, key: Options, value: Options, frame: Frame) -> None:
    """What is put into a mapping is one of its values from then on."""
    before = frame.names.get(name)
    if any(isinstance(one, dict | Table) for one in before or []):
        keys, values = union([elements(before), key]), union([values_in(before), value])
        frame.names[name] = [Table(keys, values)]


def _add(node: Any, frame: Frame) -> bool:
    both = ast.copy_location(ast.BinOp(node.target, node.op, node.value), node)
    value = worth(both, frame)
    frame.bind(node.target, value)
    return False


def _return(node: Any, frame: Frame) -> bool:
    frame.returned.append(worth(node.value, frame))
    return True


def _raise(node: Any, frame: Frame) -> bool:
    value = worth(node.exc, frame)
    if value is None or not all(isinstance(one, Refusal) or concrete(one) for one in value):
        frame.unclear(f"what is raised: {ast.unparse(node)}")
    frame.found.refusals |= {one for one in value or [] if isinstance(one, Refusal)}
    return True


def _if(node: Any, frame: Frame) -> bool:
    can = truth(worth(node.test, frame))
    ways = [(way, body) for way, body in ((True, node.body), (False, node.orelse)) if way in can]
    return _ways(ways, frame, node.test)


def _ways(ways: list[tuple[bool, list[ast.stmt]]], frame: Frame, test: ast.expr | None = None) -> bool:
    """Go each way from the same point, and on from where they meet."""
    before, ends = dict(frame.names), []
    for way, body in ways:
        frame.names = {**before, **_narrowed(test, way, before)}
        if not execute(body, frame):
            ends.append(frame.names)
    frame.names = _met(ends) if ends else before
    return not ends


def _narrowed(test: ast.expr | None, way: bool, names: dict[str, Options]) -> dict[str, Options]:
    """What a name can still be worth after `if name is None` and `if name is not None`."""
    match test:
        case ast.Compare(ast.Name(name), [ast.Is() | ast.IsNot() as how], [ast.Constant(None)]):
            none = way == isinstance(how, ast.Is)
            left = [one for one in names.get(name) or [] if (one is None) == none]
            return {name: left} if left else {}
    return {}


def _met(ends: list[dict[str, Options]]) -> dict[str, Options]:
    # A name that only one way has given is what that way made it.
    return {name: union([one[name] for one in ends if name in one]) for end in ends for name in end}


def _for(node: Any, frame: Frame) -> bool:
    rounds = elements(worth(node.iter, frame))
    # One round for each element, so that what stands together in it stays together.
    for one in [rounds] if rounds is None else [[option] for option in rounds]:
        frame.bind(node.target, one)
        _ways([(True, node.body), (False, [])], frame)
    return False


def _while(node: Any, frame: Frame) -> bool:
    worth(node.test, frame)
    _ways([(True, node.body), (False, [])], frame)
    return False


def _with(node: Any, frame: Frame) -> bool:
    for one in node.items:
        value = worth(one.context_expr, frame)
        if one.optional_vars is not None:
            frame.bind(one.optional_vars, value)
    return execute(node.body, frame)


def _try(node: Any, frame: Frame) -> bool:
    outside, frame.found = frame.found, type(frame.found)()
    before = dict(frame.names)
    ended = execute(node.body, frame)
    inside, frame.found = frame.found, outside
    after, ends = frame.names, []
    for handler in node.handlers:
        frame.names = {**before, **after}
        if not _handle(handler, inside.refusals, frame):
            ends.append(frame.names)
    frame.found.add(inside)
    if not ended:
        ends.append(after)
    frame.names = _met(ends) if ends else after
    return not ends


def _handle(handler: ast.ExceptHandler, refusals: set[Refusal], frame: Frame) -> bool:
    kind = handler.type.id if isinstance(handler.type, ast.Name) else ""
    caught = {one for one in refusals if kind in _CAUGHT and (one.status == 200) == _CAUGHT[kind]}
    refusals -= caught
    if handler.name:
        frame.names[handler.name] = sorted(caught, key=repr) or None
    return execute(handler.body, frame)


def _function(node: Any, frame: Frame) -> bool:
    frame.names[node.name] = [frame.closure(node)]
    return False


def _stop(node: Any, frame: Frame) -> bool:
    return True


_WORK: dict[type[ast.stmt], Callable[[Any, Frame], bool]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _assign,
    ast.AugAssign: _add,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.If: _if,
    ast.For: _for,
    ast.While: _while,
    ast.With: _with,
    ast.Try: _try,
    ast.FunctionDef: _function,
    ast.Continue: _stop,
    ast.Break: _stop,
}
