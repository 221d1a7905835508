"""Goes through functions of the emulator as calls would, with what is known of their arguments."""

from __future__ import annotations

import ast
import functools
import inspect
import types
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.emulator.reading.calls import called
from tests.emulator.reading.expressions import worth
from tests.emulator.reading.statements import execute
from tests.emulator.reading.values import Each, Options, Refusal, combined, elements, part, shown, union


@dataclass
class Found:
    """What was found in a function and in all that it calls."""

    refusals: set[Refusal] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    # What the text alone does not tell; a reader that knows its program leaves none.
    unclear: set[str] = field(default_factory=set)

    def add(self, other: Found) -> None:
        """Take over what was found elsewhere."""
        self.refusals |= other.refusals
        self.reads |= other.reads
        self.unclear |= other.unclear


class Closure:
    """A function that was made within another one."""

    def __init__(self, node: ast.Lambda | ast.FunctionDef, frame: Frame) -> None:
        self.node = node
        self.frame = frame

    def __repr__(self) -> str:
        return f"Closure({self.node.lineno}, {self.frame.place})"


class Program:
    """Functions that were gone through, each once for the same arguments."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Found, Options]] = {}
        self._under_way: list[types.FunctionType] = []

    def run(self, function: types.FunctionType, names: dict[str, Options]) -> tuple[Found, Options]:
        """Return what a function finds, and what it returns."""
        cells = {} if function.__closure__ is None else _cells(function)
        key = f"{id(function)} {[(name, shown(value)) for name, value in names.items()]}"
        # Who calls itself learns nothing new from it.
        if function in self._under_way:
            return Found(), None
        if key not in self._known:
            self._under_way.append(function)
            frame = Frame(self, function.__globals__, {**cells, **names}, function.__qualname__)
            self._known[key] = (frame.found, frame.go_through(self._node(function)))
            self._under_way.pop()
        return self._known[key]

    def _node(self, function: types.FunctionType) -> ast.FunctionDef | ast.Lambda:
        code = function.__code__
        found = _functions(code.co_filename)[code.co_firstlineno]
        # Of several on one line, the one with these arguments.
        names = code.co_varnames[: code.co_argcount]
        return next(one for one in found if tuple(arg.arg for arg in one.args.args) == names)


@functools.cache
def _functions(file: str) -> dict[int, list[ast.FunctionDef | ast.Lambda]]:
    found: dict[int, list[ast.FunctionDef | ast.Lambda]] = {}
    for node in ast.walk(ast.parse(Path(file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
            found.setdefault(min([node.lineno, *(one.lineno for one in decorators)]), []).append(node)
    return found


def _cells(function: types.FunctionType) -> dict[str, Options]:
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return {name: [cell.cell_contents] for name, cell in cells}


class Frame:
    """One way through one function: what its names are worth, and what was found so far."""

    def __init__(
        self, program: Program, outer: dict[str, Any], names: dict[str, Options], place: str
    ) -> None:
        self.program = program
        self.globals = outer
        self.names = names
        self.place = place
        self.found = Found()
        self.returned: list[Options] = []
        self.yielded: list[Options] = []

    def go_through(self, node: ast.FunctionDef | ast.Lambda) -> Options:
        """Go through a body and return what it returns."""
        if isinstance(node, ast.Lambda):
            return worth(node.body, self)
        ended = execute(node.body, self)
        if self.yielded:
            return [Each(union(self.yielded))]
        return union(self.returned if ended else [*self.returned, [None]])

    def run(self, function: Any, given: list[Options], named: dict[str | None, Options]) -> Options:
        """Go through a function with these arguments, as a part of this one."""
        found, returned = self.program.run(function, _bound(function, given, named))
        self.found.add(found)
        return returned

    def run_closure(self, closure: Closure, given: list[Options]) -> Options:
        """Go through a function that was made here."""
        arguments = [one.arg for one in closure.node.args.args]
        names = dict(zip(arguments, [*given, *([None] * len(arguments))], strict=False))
        frame = Frame(self.program, self.globals, {**closure.frame.names, **names}, self.place)
        returned = frame.go_through(closure.node)
        self.found.add(frame.found)
        return returned

    def call(
        self, callees: Options, given: list[Options], named: dict[str | None, Options], node: ast.Call
    ) -> Options:
        """Return what a call returns, whichever of the functions it is."""
        if callees is None:
            callees = [None]
        return union([called(one, given, named, self, node) for one in callees])

    def closure(self, node: ast.Lambda | ast.FunctionDef) -> Closure:
        """Return a function that is made here."""
        return Closure(node, self)

    def inner(self) -> Frame:
        """Return a frame for a comprehension, whose names do not leave it."""
        frame = Frame(self.program, self.globals, dict(self.names), self.place)
        frame.found, frame.returned, frame.yielded = self.found, self.returned, self.yielded
        return frame

    def bind(self, target: ast.expr, value: Options) -> None:
        """Give a name, or several, a value."""
        if isinstance(target, ast.Name):
            self.names[target.id] = value
        elif isinstance(target, ast.Tuple | ast.List):
            for index, one in enumerate(target.elts):
                if isinstance(one, ast.Starred):
                    self.bind(one.value, [Each(elements(value))])
                else:
                    self.bind(one, part(value, index))

    def unclear(self, what: str) -> None:
        """Note what could not be told."""
        self.found.unclear.add(f"{self.place}: {what}")


def _bound(function: Any, given: list[Options], named: dict[str | None, Options]) -> dict[str, Options]:
    signature = inspect.signature(function, follow_wrapped=False)
    names: dict[str, Options] = {}
    rest = list(given)
    for name, one in signature.parameters.items():
        if one.kind is one.VAR_POSITIONAL:
            names[name], rest = _rest(rest), []
        elif one.kind is not one.KEYWORD_ONLY and rest:
            names[name] = rest.pop(0)
        elif name in named:
            names[name] = named[name]
        elif one.default is not one.empty:
            names[name] = [one.default]
        else:
            names[name] = None
    return names


def _rest(values: list[Options]) -> Options:
    together = combined(lambda *parts: parts, *values)
    return [Each(union(values))] if together is None else together
