"""What the commands write for people: Markdown for a pull request or a job's summary. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

# A comment of a pull request holds 65,536 characters.
MOST_ROWS, MOST_CHARACTERS = 100, 60_000
SIGNS = {"create": "+", "update": "~", "delete": "-", "replace": "+-"}
CUT = "\n\n… cut here; the whole text is in the artefacts of the run.\n"


def document(title: str, *parts: str) -> str:
    """A heading and the parts that are not empty."""
    return "\n\n".join([f"### {title}", *(part.strip("\n") for part in parts if part.strip())]) + "\n"


def shortened(text: str) -> str:
    """A text that a comment can hold."""
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - len(CUT)].rstrip() + CUT


def block(text: str, language: str = "text") -> str:
    """A text as it is, whatever it has in it."""
    fence = "```"
    while fence in text:
        fence += "`"
    body = text.strip("\n")
    return f"{fence}{language}\n{body}\n{fence}" if body else ""


def folded(summary: str, body: str) -> str:
    """Something to open only when it is wanted."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>" if body.strip() else ""


def changes(engine: Mapping[str, Any]) -> str:
    """What the engine's JSON says it would do: how many of each, then a row for each resource."""
    steps = [step for step in engine.get("steps") or () if step.get("op") not in ("same", "refresh")]
    counts = engine.get("changeSummary") or {}
    told = [f"{count} to {name}" for name, count in counts.items() if name != "same"]
    if not told:
        return "No changes."
    rows = [_row(step) for step in steps[:MOST_ROWS]]
    more = [f"… and {len(steps) - MOST_ROWS} more"] if len(steps) > MOST_ROWS else []
    table = ["| | resource | changes |", "| --- | --- | --- |", *rows] if rows else []
    return "\n".join([f"**{', '.join(told)}**", "", *table, *more])


def _row(step: Mapping[str, Any]) -> str:
    _, _, typed, name = str(step["urn"]).rsplit("::", 3)
    # The last of the types is the resource's own, those before it are its parents'.
    own = typed.rpartition("$")[2]
    fields = ", ".join(f"`{each}`" for each in step.get("diffReasons") or ())
    op = str(step["op"])
    return f"| {SIGNS.get(op, ' ')} {op} | `{own}` {name} | {fields} |"


def messages(engine: Mapping[str, Any]) -> list[str]:
    """What providers and program said, each as it was said, without what was said twice."""
    told = (str(each.get("message", "")).strip("\n") for each in engine.get("diagnostics") or ())
    return list(dict.fromkeys(text for text in told if text.strip()))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; nothing without rows."""
    lines = list(_table_lines(head, rows))
    return "\n".join(lines) if len(lines) > 2 else ""


def _table_lines(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
