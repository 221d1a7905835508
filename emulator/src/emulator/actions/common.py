"""What several families of actions read alike: paging, tags, regions, name patterns.

Imports parameters and errors.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from typing import Any, TypeVar

from emulator.errors import ApiError, invalid_parameter, missing_parameter
from emulator.parameters import Parameters
from emulator.registry import Call

R = TypeVar("R")
MOST_TAGS = 20
# A tag filter reaches no more resources than this.
TAG_FILTER_REACH = 1000
_REGION = re.compile(r"[a-z]{2}-[a-z]+(-[a-z0-9]+)*")
_TOKEN = re.compile(r"after:(-?[0-9]{1,18})")
_RESERVED_KEY = re.compile(r"^(aliyun|acs:)|https?://", re.IGNORECASE)


class Paging:
    """Paging by token where the request says so, or the action knows no other; else by page number."""

    def __init__(
        self, parameters: Parameters, largest: int, smallest: int = 10, by_token: bool = False
    ) -> None:
        self.by_token = by_token or parameters.given("NextToken") or parameters.given("MaxResults")
        if self.by_token:
            self.after = from_token(parameters.text("NextToken"))
            # Out of bounds is not an error here: the documentation says it counts as the nearest bound.
            self.size = min(
                max(parameters.number("MaxResults", smallest, -(10**9), 10**9), smallest), largest
            )
        else:
            self.after = 0
            self.number = parameters.number("PageNumber", 1, 1, 10**9)
            self.size = parameters.number("PageSize", smallest, 1, largest)

    def cut(self, rows: Iterable[tuple[int, R]]) -> tuple[list[R], dict[str, Any]]:
        """Return the rows of this page and the paging fields of the reply."""
        return self._by_token(rows) if self.by_token else self._by_number(rows)

    def _by_token(self, rows: Iterable[tuple[int, R]]) -> tuple[list[R], dict[str, Any]]:
        chosen: list[tuple[int, R]] = []
        token = ""
        for row in rows:
            if len(chosen) == self.size:
                token = to_token(chosen[-1][0])
                break
            chosen.append(row)
        # The total has no meaning with tokens, so nobody should be able to rely on it.
        return [row for _, row in chosen], {
            "NextToken": token,
            "TotalCount": 0,
            "PageNumber": 0,
            "PageSize": 0,
        }

    def _by_number(self, rows: Iterable[tuple[int, R]]) -> tuple[list[R], dict[str, Any]]:
        found = [row for _, row in rows]
        start = (self.number - 1) * self.size
        fields = {"TotalCount": len(found), "PageNumber": self.number, "PageSize": self.size, "NextToken": ""}
        return found[start : start + self.size], fields


def to_token(sequence: int) -> str:
    """Write the place after which a page begins."""
    return base64.urlsafe_b64encode(f"after:{sequence}".encode()).decode()


def from_token(token: str, parameter: str = "NextToken") -> int:
    """Read the place after which a page begins."""
    if not token:
        return 0
    try:
        match = _TOKEN.fullmatch(base64.urlsafe_b64decode(token.encode()).decode())
    except ValueError:
        match = None
    if match is None:
        raise invalid_parameter(parameter, "it was not given out by this service")
    return int(match.group(1))


def tags_of(parameters: Parameters, limit: int = MOST_TAGS) -> dict[str, str]:
    """Read Tag.N.Key and Tag.N.Value; refuse a value without a key and too many tags."""
    groups = parameters.groups("Tag")
    if any(not group.given("Key") for group in groups):
        raise ApiError(400, "InvalidTag.Mismatch", "The specified Tag.N.Key and Tag.N.Value do not match.")
    if len(groups) > limit:
        raise ApiError(
            400, "InvalidTagCount", f"The specified tags are beyond the permitted range of {limit}."
        )
    return {group.text("Key"): group.text("Value") for group in groups}


def new_tags_of(parameters: Parameters) -> dict[str, str]:
    """Read tags to be set; refuse keys that are reserved, too long or given twice."""
    tags = tags_of(parameters)
    if len(tags) != len(parameters.groups("Tag")):
        raise ApiError(400, "Duplicate.TagKey", "The Tag.N.Key contain duplicate key.")
    for key, value in tags.items():
        if len(key) > 128 or _RESERVED_KEY.search(key):
            raise ApiError(400, "InvalidTagKey.Malformed", f"The specified Tag.N.Key {key} is not valid.")
        if len(value) > 128 or value.startswith("acs:") or "://" in value:
            raise ApiError(
                400, "InvalidTagValue.Malformed", f"The specified Tag.N.Value {value} is not valid."
            )
    return tags


def region_of(call: Call, status: int = 404, code: str = "InvalidRegionId.NotFound") -> str:
    """Return the region asked for, which must be there and look like one."""
    if not call.region:
        raise missing_parameter("RegionId")
    if not _REGION.fullmatch(call.region):
        raise ApiError(status, code, f"The specified RegionId {call.region} does not exist.")
    return call.region


def fits(pattern: str, name: str) -> bool:
    """Match a name against a pattern in which only `*` is special."""
    first, *rest = pattern.split("*")
    if not rest:
        return name == pattern
    at, last = len(first), rest.pop()
    # Part after part, each at its first place: no pattern makes this slower than its length.
    for part in rest:
        found = name.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return name.startswith(first) and name.endswith(last) and at + len(last) <= len(name)
