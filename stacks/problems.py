"""What is wrong with a config, one line per problem: file, key path, value, what is allowed.

Imports pydantic and `parts`; imported by `load` and `cloud`.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from stacks.parts import Closed

LONGEST_VALUE = 60
MISSING = "missing"
HIDDEN = "(hidden)"
_SECRET = re.compile("password|secret|token|access_?key", re.IGNORECASE)

Location = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong value: where it is, what it is, what it may be."""

    key: str
    value: str
    allowed: str


class InvalidConfig(Exception):
    """A config that cannot be used; its text has every problem, one line each."""

    def __init__(self, file: str, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        lines = (f"{file}: {problem.key}: {problem.value}: {problem.allowed}" for problem in self.problems)
        super().__init__("\n".join(printable(line) for line in lines))


def printable(line: str) -> str:
    """A line in which nothing can turn the terminal's colours or the direction of the text."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in line)


def shown(value: Any, key: str = "") -> str:
    """A value on one line, cut where it is long, hidden where its key sounds like a secret."""
    # Errors end up in logs of pipelines that many people read.
    if _SECRET.search(key):
        return HIDDEN
    try:
        text = json.dumps(value, ensure_ascii=False, default=str, skipkeys=True)
    # Of what is nested without end, or holds itself, nobody wants to see the end.
    except (RecursionError, ValueError):
        text = "(nested too deeply to be shown)"
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 3]}..."


def problems_of(error: ValidationError, key: str, data: Any, model: type[Closed]) -> tuple[Problem, ...]:
    """The problems that pydantic found in `data`, which stands under `key` in the config."""
    return tuple(_problem(details, key, data, model) for details in error.errors(include_url=False))


def fields_under(annotation: Any) -> tuple[type[Closed], ...]:
    """The models that a field can hold, through optionals, unions, lists and maps."""
    if (
        isinstance(annotation, type)
        and not isinstance(annotation, UnionType)
        and get_origin(annotation) is None
    ):
        return (annotation,) if issubclass(annotation, Closed) else ()
    return tuple(model for part in get_args(annotation) for model in fields_under(part))


def allowed_at(field: FieldInfo) -> str:
    """What a field may be, in the words of the schema."""
    extra = field.json_schema_extra
    return str(extra["allowed"]) if isinstance(extra, Mapping) else ""


def _problem(details: ErrorDetails, key: str, data: Any, model: type[Closed]) -> Problem:
    below = tuple(details.get("ctx", {}).get("below", ()))
    location = (*details["loc"], *below)
    path, value, found = _follow(location, data)
    # A field that the file leaves out is not found there, but its name belongs into the path.
    if not found and _is_field(location, model):
        path = f"{path}.{location[-1]}"
    allowed = _allowed(details, location, model)
    if details["type"] == "missing":
        return Problem(f"{key}{path}", MISSING, allowed)
    return Problem(f"{key}{path}", shown(value if below else details["input"], path), allowed)


def _follow(location: Location, data: Any) -> tuple[str, Any, bool]:
    """The path as the file has it, the value there, and whether the end was found.

    Pydantic's own marks in a location, a union's form or "[key]", are no keys of the file.
    """
    path, found = "", True
    for part in location:
        found = isinstance(data, Mapping) and part in data
        if found:
            path, data = f"{path}.{part}", data[part]
        elif isinstance(data, list | tuple) and isinstance(part, int) and part < len(data):
            path, data, found = f"{path}[{part}]", data[part], True
    return path, data, found


def _is_field(location: Location, model: type[Closed]) -> bool:
    models, _ = _declared(location[:-1], model)
    return any(location[-1] in held.model_fields for held in models)


def _allowed(details: ErrorDetails, location: Location, model: type[Closed]) -> str:
    # Our own checks say what is allowed; pydantic's texts only say what is wrong.
    if details["type"] == "not_allowed":
        return str(details["ctx"]["allowed"])
    models, field = _declared(location, model)
    names = ", ".join(dict.fromkeys(name for held in models for name in held.model_fields))
    if details["type"] == "extra_forbidden":
        return f"unknown field; known here: {names}"
    if field is None or (details["type"] == "model_type" and not models[0].form):
        return f"allowed: a mapping of {names}"
    return f"{'required' if details['type'] == 'missing' else 'allowed'}: {allowed_at(field)}"


def _declared(location: Location, model: type[Closed]) -> tuple[tuple[type[Closed], ...], FieldInfo | None]:
    """The models at the end of a location and the last field on the way there."""
    models: tuple[type[Closed], ...] = (model,)
    field, is_key = None, False
    for part in location:
        found = [held.model_fields[str(part)] for held in models if part in held.model_fields]
        # A key of a map, or pydantic's name of a form: neither is a field.
        if is_key or not found:
            models = tuple(held for held in models if held.form == part) or models
            is_key = False
            continue
        field = found[0]
        models = fields_under(field.annotation)
        is_key = get_origin(field.annotation) is dict
    return models, field
