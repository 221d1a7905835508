"""Lists of API names written as plain text. Imports nothing of the package."""


def words(text: str) -> tuple[str, ...]:
    """Split a list of names at its spaces."""
    return tuple(text.split())
