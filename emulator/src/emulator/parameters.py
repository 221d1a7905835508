"""Typed reading of a request's flat parameters, as the API page of an action types them.

Imports errors and untrusted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from emulator.errors import ApiError, invalid_parameter, missing_parameter
from emulator.untrusted import from_json

# In plain digits; from 1 in the documentation, but the stock provider begins a list at 0 in one place.
_NUMBER = "(?:0|[1-9][0-9]{0,8})"
_INDEX = re.compile(rf"(?<=\.){_NUMBER}(?=\.|\Z)")
_LETTER = re.compile(r"(?<=\.)N(?=\.|\Z)")
_FLAGS = {"true": True, "false": False}


class Parameters:
    """A request's parameters: lists are `Name.1`, groups are `Name.Sub`, an empty value is an absent one."""

    def __init__(self, values: Mapping[str, str]) -> None:
        # Some clients send empty strings where others leave the parameter out.
        self.values = {name: value for name, value in values.items() if value != ""}

    def text(self, name: str, default: str = "") -> str:
        """Return a string."""
        return self.values.get(name, default)

    def given(self, name: str) -> bool:
        """Tell whether a parameter has a value."""
        return name in self.values

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a boolean, in whichever case the client spells it."""
        text = self.values.get(name)
        if text is None:
            return default
        if text.lower() not in _FLAGS:
            raise invalid_parameter(name, f"{text} is not a boolean")
        return _FLAGS[text.lower()]

    def number(self, name: str, default: int, low: int, high: int, code: str = "InvalidParameter") -> int:
        """Return an integer within bounds."""
        text = self.values.get(name)
        if text is None:
            return default
        if not re.fullmatch(r"-?[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise invalid_parameter(name, f"{text} is not a number from {low} to {high}", code)
        return int(text)

    def choice(self, name: str, default: str, allowed: tuple[str, ...], error: ApiError | None = None) -> str:
        """Return one of the allowed words."""
        text = self.values.get(name, default)
        if text not in allowed and name in self.values:
            raise error or invalid_parameter(name, f"{text} is not one of {', '.join(allowed)}")
        return text

    def items(self, name: str) -> list[str]:
        """Return the values of `Name.1`, `Name.2` and so on, by index."""
        pattern = re.compile(rf"{re.escape(name)}\.({_NUMBER})")
        found = ((pattern.fullmatch(key), value) for key, value in self.values.items())
        # By number, not by text: 10 comes after 9.
        return [value for _, value in sorted((int(match.group(1)), value) for match, value in found if match)]

    def groups(self, name: str) -> list[Parameters]:
        """Return the groups `Name.1.*`, `Name.2.*` and so on, by index."""
        start = f"{name}."
        found = [key for key in self.values if key.startswith(start)]
        pattern = re.compile(rf"{re.escape(name)}\.({_NUMBER})\..+")
        indexes = {int(match.group(1)) for key in found if (match := pattern.fullmatch(key))}
        return [self.group(f"{name}.{index}") for index in sorted(indexes)]

    def group(self, name: str) -> Parameters:
        """Return the parameters `Name.*` without the prefix."""
        start = f"{name}."
        return Parameters(
            {key[len(start) :]: value for key, value in self.values.items() if key.startswith(start)}
        )

    def json_list(self, name: str, limit: int, error: ApiError | None = None) -> list[str] | None:
        """Return a list that travels as one JSON string, or None if it is absent."""
        if name not in self.values:
            return None
        try:
            value = from_json(self.values[name])
        except ValueError:
            value = None
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise error or invalid_parameter(name, "not a JSON array of strings")
        if len(value) > limit:
            raise error or invalid_parameter(name, f"more than {limit} entries")
        return value


def pattern_of(name: str) -> str:
    """Return a parameter name with its indexes written as N."""
    if "." not in name:
        return name
    # The letter itself is no index, though it would look like one.
    return _INDEX.sub("N", _LETTER.sub("", name))


def check(values: Mapping[str, str], allowed: frozenset[str], required: Mapping[str, str]) -> None:
    """Refuse a missing mandatory parameter and one that the action does not know."""
    # An empty value is an absent one, so it neither satisfies nor offends.
    given = {name: pattern_of(name) for name, value in values.items() if value != ""}
    present = set(given.values())
    for name, code in required.items():
        if name not in present:
            raise missing_parameter(name, code)
    for name, pattern in given.items():
        if pattern not in allowed:
            raise ApiError(
                400, "UnsupportedParameter", f"The parameter {name} is not supported by this action."
            )
