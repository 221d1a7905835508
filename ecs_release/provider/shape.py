"""What the engine hands over, held against the form in which it was stored; unknown values pass.

Imports pulumi and runner's records. The boundary asks this once for every method, so that none of
them meets a text where a map should be.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pulumi.output import Unknown
from pulumi.runtime.rpc import UNKNOWN

from ecs_release.runner.records import UnreadableRecord, is_name

# A form is a test of one value, a list with the form of each element, or a map; "*" is any other key.
Form = Callable[[Any], bool] | list[Any] | dict[str, Any]
LONGEST_VALUE = 60


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _word(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _number(value: Any) -> bool:
    # A flag is a number to Python.
    return isinstance(value, int | float) and not isinstance(value, bool)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


DISK: Form = {
    **dict.fromkeys(("name", "kind", "category"), _word),
    "size_gib": _number,
    **dict.fromkeys(("release_with_instance", "release_auto_snapshots"), _flag),
}
STORED: dict[str, Any] = {
    **dict.fromkeys(("project", "stack", "group"), is_name),
    **dict.fromkeys(("group_id", "account", "charge"), _word),
    **dict.fromkeys(("released_by", "at", "after", "daily", "zone", "max_lifetime", "renewal", "now"), _text),
    "at_expiry": _flag,
    "cloud": {"*": _text},
    "terms": {"max_instances": _number, "*": _word},
    "disks": [DISK],
    "bought": [_word],
    **{key: {"*": _word} for key in ("adopt", "armed", "moved")},
}
IDS: Form = {"*": _word}
GROUPS: Form = {"*": {**STORED, "members": IDS}}
# The engine fills these in; until then they are there as nulls.
DRAWN = ("group_id", "account", "bought")


def check_shape(properties: Mapping[str, Any]) -> None:
    """Raises UnreadableRecord, naming the key, where a known value has not the form of a stored one."""
    given = {key: value for key, value in properties.items() if value is not None or key not in DRAWN}
    # A Sweep knows its members by name only, before there are any ids.
    members: Form = [_word] if isinstance(given.get("members"), list | tuple) else IDS
    for place, value in _wrong(given, {**STORED, "groups": GROUPS, "members": members}):
        raise UnreadableRecord(
            f"the record of {_subject(properties)} cannot be read: {place}: {repr(value)[:LONGEST_VALUE]} is"
            " not of the stored form; correct it with `pulumi stack export` and `pulumi stack import`"
        )


def _subject(properties: Mapping[str, Any]) -> str:
    group = properties.get("group")
    return str(group) if is_name(group) else "a group"


def _wrong(value: Any, form: Form, place: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Unknown) or (isinstance(value, str) and value == UNKNOWN):
        return
    if isinstance(form, dict):
        yield from _wrong_in_map(value, form, place)
    elif isinstance(form, list):
        if not isinstance(value, list | tuple):
            yield place, value
            return
        for number, part in enumerate(value):
            yield from _wrong(part, form[0], f"{place}.{number}")
    elif not form(value):
        yield place, value


def _wrong_in_map(value: Any, form: dict[str, Any], place: str) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, Mapping):
        yield place, value
        return
    for key, part in value.items():
        inner = form.get(key, form.get("*"))
        if inner is not None:
            yield from _wrong(part, inner, f"{place}.{key}".lstrip("."))
