"""The names of fields as other languages spell them, `instanceType`, and as we do, `instance_type`.

Imports stacks. Both are derived from the models, so that a new field needs nothing here.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from stacks.schema import Environment

Schema = Mapping[str, Any]
_SNAKE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")


@cache
def models() -> dict[str, Any]:
    """The JSON schema of an environment and, under `$defs`, of all its parts."""
    return Environment.model_json_schema()


def camel(name: str) -> str:
    """A field's name as other languages spell it."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def spoken(text: str) -> str:
    """A text of ours with every field in it spelled as other languages do."""
    return _SNAKE.sub(lambda found: camel(found[0]) if found[0] in _all_fields() else found[0], text)


def ours(value: Any, node: Schema) -> Any:
    """A value out of another language, with our names for its fields and whole numbers as such."""
    if isinstance(value, Mapping):
        fields = {camel(name): (name, under) for name, under in _fields(node).items()}
        # Keys of a map are the user's own; unknown fields stay as they are, for the error that names them.
        named = (fields.get(key, (key, _each(node))) for key in value)
        return {name: ours(part, under) for (name, under), part in zip(named, value.values(), strict=True)}
    if isinstance(value, list | tuple):
        return [ours(part, _each(node)) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def alternatives(node: Schema) -> Iterator[Schema]:
    """What a schema's node can be, through references and unions; null is left out."""
    if "$ref" in node:
        node = models()["$defs"][str(node["$ref"]).rpartition("/")[2]]
    parts = node.get("oneOf") or node.get("anyOf")
    if not parts:
        yield node
        return
    for part in parts:
        if part.get("type") != "null":
            yield from alternatives(part)


def each(node: Schema) -> Schema | None:
    """The schema of what a map or list holds, None for anything else."""
    if "patternProperties" in node:
        return dict(next(iter(node["patternProperties"].values())))
    held = node.get("items") or node.get("additionalProperties")
    return dict(held) if isinstance(held, Mapping) else None


def _fields(node: Schema) -> dict[str, Schema]:
    return {name: under for part in alternatives(node) for name, under in part.get("properties", {}).items()}


def _each(node: Schema) -> Schema:
    return next((held for part in alternatives(node) if (held := each(part)) is not None), {})


@cache
def _all_fields() -> frozenset[str]:
    parts = [models(), *models()["$defs"].values()]
    return frozenset(name for part in parts for name in part.get("properties", ()))
