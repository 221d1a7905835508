"""What the commands share: consoles, exit codes, errors in one line.

Imports gateway errors and runner. Tables are for a terminal; in a pipe the same rows are plain text.
"""

import os
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, TypeVar

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from ecs_release.cli.state import StateUnavailable
from ecs_release.gateway.errors import CloudError
from ecs_release.runner.commission import BadCommission
from ecs_release.runner.journal import JournalUnreadable, JournalUnwritable
from ecs_release.runner.records import UnreadableRecord
from stacks.problems import InvalidConfig

# Apart from 1 and 2, so that a pipeline can tell a refusal from a failure.
REFUSED, NOTHING_TO_DO = 10, 11
Stack = Annotated[str, typer.Option("--stack", help="The stack whose state is read.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]
InstanceId = Annotated[str, typer.Argument(help="The instance's id, i-…")]
Result = TypeVar("Result")

# Rich takes every kind of digit for a number, and a number of any length for a width.
for _name in ("COLUMNS", "LINES"):
    if not re.fullmatch("[0-9]{1,4}", os.environ.get(_name, "0")):
        del os.environ[_name]
console = Console(highlight=False)


class Unusable(Exception):
    """The command cannot do what it was asked; the text says why and what to do."""


EXPECTED = (
    BadCommission,
    CloudError,
    InvalidConfig,
    JournalUnreadable,
    JournalUnwritable,
    StateUnavailable,
    UnreadableRecord,
    Unusable,
)


def answered(ask: Callable[[], Result]) -> Result:
    """What was asked for, or the command's end with one line about why it cannot be had."""
    try:
        return ask()
    except EXPECTED as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(1) from None


def show(text: str) -> None:
    """A text as it is, whatever brackets are in it."""
    typer.echo(text)


def note(text: str) -> None:
    """A remark beside the output, so that what a program reads stays whole."""
    typer.echo(f"note: {text}", err=True)


def confirm(words: str) -> None:
    """Ends the command with 1 unless these very words are typed."""
    # Beside the output, so that what a program reads stays whole.
    if typer.prompt(f"type `{words}` to go on", default="", show_default=False, err=True) != words:
        typer.echo("error: not confirmed; nothing was changed", err=True)
        raise typer.Exit(1)


def show_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Rows with a head: aligned and wrapped at a terminal, separated by tabs in a pipe."""
    if not console.is_terminal:
        for row in (head, *rows):
            show("\t".join(row))
        return
    table = Table(*head, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    console.print(table)
