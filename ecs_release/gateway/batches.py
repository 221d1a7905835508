"""Splits ids into the batches that the API takes. Imports the standard library only."""

from collections.abc import Iterator, Sequence


def in_batches(ids: Sequence[str], size: int) -> Iterator[list[str]]:
    """The ids in order, `size` at a time."""
    for start in range(0, len(ids), size):
        yield list(ids[start : start + size])
