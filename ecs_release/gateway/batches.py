"""Ids in the batches that the API takes, and replies that come in pages.

Imports the gateway's errors only.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TypeVar

from ecs_release.gateway.errors import Malformed

# Far above any real account; an endless listing is an error, not a wait.
MOST_PAGES = 500
Item = TypeVar("Item")
ReadPage = Callable[[str | None], tuple[Sequence[Item], str]]


def in_batches(ids: Sequence[str], size: int) -> Iterator[list[str]]:
    """The ids in order, `size` at a time."""
    for start in range(0, len(ids), size):
        yield list(ids[start : start + size])


def named(ids: Sequence[str], things: str) -> str:
    """A batch in an error: its only id, or how many there are."""
    return ids[0] if len(ids) == 1 else f"{len(ids)} {things}"


def check_asked(
    action: str, listed: Iterable[str], asked: Collection[str], *, all_of_them: bool = False
) -> None:
    """Raises Malformed where a listing by id has others in it, or lacks one though it must have all.

    A listing of something else proves nothing about what it leaves out.
    """
    listed = set(listed)
    foreign = sorted(listed - set(asked))
    if foreign:
        raise Malformed("", f"the reply lists {foreign[0]:.60}, which was not asked for", "", action)
    missing = sorted(set(asked) - listed) if all_of_them else []
    if missing:
        raise Malformed("", f"the reply says nothing about {missing[0]}", "", action)


def first_pages(action: str, read: ReadPage[Item], most: int) -> tuple[list[Item], bool]:
    """What up to `most` pages hold, and whether that is all; raises Malformed when they go in circles."""
    found: list[Item] = []
    tokens: list[str | None] = [None]
    while tokens[-1] != "" and len(tokens) <= most:
        page, token = read(tokens[-1])
        found += page
        # A token that comes back would read the same pages until the deadline.
        if token in tokens:
            raise Malformed(
                "", f"the pages go in circles: NextToken of page {len(tokens)} leads back", "", action
            )
        tokens.append(token)
    return found, tokens[-1] == ""


def all_pages(action: str, read: ReadPage[Item]) -> list[Item]:
    """Everything that a paged call gives; raises Malformed for pages without an end."""
    found, complete = first_pages(action, read, MOST_PAGES)
    if not complete:
        raise Malformed("", f"the pages do not end after {MOST_PAGES}", "", action)
    return found
