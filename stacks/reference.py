"""The table of fields in docs/environment.md, written from the schema: `python -m stacks.reference`.

Imports pydantic and its siblings. A test fails when the page and the schema differ.
"""

import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, get_origin

from pydantic.fields import FieldInfo

from stacks.parts import Closed
from stacks.problems import allowed_at, fields_under
from stacks.schema import Environment

PAGE = Path("docs/environment.md")
BEGIN = "<!-- written by `python -m stacks.reference` -->"
END = "<!-- end of the written part -->"
HEAD = ("| field | allowed | default | what it costs or risks |", "| --- | --- | --- | --- |")


def rows(model: type[Closed] = Environment, prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every field with its path, outer fields before the inner ones."""
    for name, field in model.model_fields.items():
        path = f"{prefix}{name}"
        yield path, field
        for held in fields_under(field.annotation):
            form = f"{{{held.form}}}" if held.form else ""
            yield from rows(held, f"{path}{_inside(field)}{form}.")


def table() -> str:
    """The table in Markdown."""
    lines = [
        f"| `{path}` | {allowed_at(field)} | {default(field)} | {field.description} |"
        for path, field in rows()
    ]
    return "\n".join((*HEAD, *lines))


def default(field: FieldInfo) -> str:
    """The default as one would write it in the file."""
    if field.is_required():
        return "required"
    value: Any = field.default
    if isinstance(value, Closed):
        return f"`{{type: {value.form}}}`" if value.form else "the defaults below"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    value = value.value if isinstance(value, Enum) else value
    return "none" if value is None or value in ({}, ()) else f"`{value}`"


def with_table(page: str) -> str:
    """The page with the table of now between its marks."""
    # Text around the table is written by hand and must survive.
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _inside(field: FieldInfo) -> str:
    kind = get_origin(field.annotation)
    return ".<name>" if kind is dict else "[]" if kind is tuple else ""


def main() -> int:
    """Writes the page anew; ends 1 when it had to change."""
    page = PAGE.read_text(encoding="utf-8")
    wanted = with_table(page)
    PAGE.write_text(wanted, encoding="utf-8")
    # So that a pipeline notices a page that was not written anew.
    return int(page != wanted)


if __name__ == "__main__":
    sys.exit(main())
