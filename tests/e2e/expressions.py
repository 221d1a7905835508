"""Expressions of workflow files, as far as our recipes use them; anything else is an error."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_TOKEN = re.compile(r"'[^']*'|&&|\|\||[=!]=|[(),!]|[A-Za-z_][\w.-]*\(?|\S")
_WORDS = {"&&": "and", "||": "or", "==": "==", "!=": "!=", ")": ")", ",": ",", "!": "not"}
Contexts = Mapping[str, Any]


def filled(text: Any, contexts: Contexts) -> Any:
    """A value with its expressions worked out; one that is a single expression keeps its type."""
    if isinstance(text, dict):
        return {key: filled(value, contexts) for key, value in text.items()}
    if isinstance(text, list):
        return [filled(value, contexts) for value in text]
    if not isinstance(text, str):
        return text
    whole = _EXPRESSION.fullmatch(text)
    if whole:
        return worked_out(whole[1], contexts)
    return _EXPRESSION.sub(lambda found: _as_text(worked_out(found[1], contexts)), text)


def holds(condition: Any, contexts: Contexts) -> bool:
    """Whether a step or job with this `if` runs; without one it does while nothing has failed."""
    ok: bool = contexts["job"]["status"] == "success"
    if condition is None:
        return ok
    text = str(condition).removeprefix("${{").removesuffix("}}")
    # A status function in the condition takes the place of the one that is implied.
    has_status = any(f"{name}()" in text for name in ("always", "failure", "cancelled"))
    return bool(worked_out(text, contexts)) and (ok or has_status)


def worked_out(expression: str, contexts: Contexts) -> Any:
    """The value of one expression."""
    functions: dict[str, Callable[..., Any]] = {
        "always": lambda: True,
        "cancelled": lambda: False,
        "failure": lambda: contexts["job"]["status"] == "failure",
        "startsWith": lambda text, start: str(text).lower().startswith(str(start).lower()),
        "fromJSON": json.loads,
        "hashFiles": lambda *patterns: "hash",
    }
    python = " ".join(_translated(token) for token in _TOKEN.findall(expression))
    return eval(
        python, {"__builtins__": {}}, {"call": functions, "get": lambda path: _looked_up(path, contexts)}
    )


def _translated(token: str) -> str:
    if token in _WORDS or token.startswith("'"):
        return _WORDS.get(token, token)
    if token == "(":
        return token
    assert re.fullmatch(r"[A-Za-z_][\w.-]*\(?", token), f"unknown part of an expression: {token}"
    return f"call['{token[:-1]}'](" if token.endswith("(") else f"get('{token}')"


def _looked_up(path: str, contexts: Contexts) -> Any:
    """A context's value; what is not there is empty, as the platform has it."""
    first, *rest = path.split(".")
    value: Any = contexts[first]
    for name in rest:
        value = value.get(name, "") if isinstance(value, Mapping) else ""
    return value


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
