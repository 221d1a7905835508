"""The tables of rights in docs/roles.md, written from the tables of calls: `python -m …actions_page`.

Imports the tables beside it and the domain. A test fails when the page and the tables differ.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from ecs_release.domain.rights import Action, Command, Demand, Grant, Scope
from ecs_release.gateway.actions import ACTIONS
from ecs_release.gateway.stock_actions import STOCK_ACTIONS

PAGE = Path("docs/roles.md")
HEAD = ("| right | call | needed by | where declared | on | narrowed by |", "| --- " * 6 + "|")
TABLES = {"our own calls": tuple(ACTIONS.values()), "the stock provider's calls": STOCK_ACTIONS}


def begin(name: str) -> str:
    """The mark before a written table."""
    return f"<!-- {name}, written by `make docs` -->"


END = "<!-- end of the written part -->"


def table(actions: Iterable[Action]) -> str:
    """The rows of a table in Markdown."""
    return "\n".join((*HEAD, *rows(actions)))


def rows(actions: Iterable[Action]) -> Iterator[str]:
    """A row for each use of each right, by name; looks, which have no right, are left out."""
    for action in sorted(actions, key=lambda action: (action.changes, action.right)):
        for grant in action.grants if action.right else ():
            yield f"| `{action.right}` | {action.name} | {_cells(grant)} |"


def _cells(grant: Grant) -> str:
    commands = ", ".join(f"`{command.value}`" for command in Command if command in grant.commands)
    demand = "" if grant.demand is Demand.ALWAYS else f"`{grant.demand.value}`"
    on = ", ".join(grant.kinds) or "all"
    return " | ".join((commands, demand, on, "" if grant.scope is Scope.OPEN else grant.scope.value))


def with_tables(page: str) -> str:
    """The page with the tables of now between their marks."""
    for name, actions in TABLES.items():
        before, _, rest = page.partition(begin(name))
        # Text around a table is written by hand and must survive.
        page = f"{before}{begin(name)}\n{table(actions)}\n{END}{rest.partition(END)[2]}"
    return page


def main() -> int:
    """Writes the page anew."""
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
