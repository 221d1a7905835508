"""What the actions of RAM share: names and lengths, errors, lists by marker (Ram 2015-05-01)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from emulator.actions.common import from_token, new_tags_of, tags_of, to_token
from emulator.errors import ApiError
from emulator.parameters import Parameters
from emulator.registry import Call
from emulator.resources import Resource
from emulator.resources.ram import RamGroup, RamPolicy, RamRole, RamUser
from emulator.rules.directory import named, policy_named
from emulator.untrusted import from_json

R = TypeVar("R", bound=Resource)
_LETTERS = {"User": r"[\w.-]+", "Group": r"[\w.-]+", "Role": r"[A-Za-z0-9.-]+", "Policy": r"[A-Za-z0-9-]+"}
_LONGEST = {"User": 64, "Group": 64, "Role": 64, "Policy": 128}
MOST_COMMENTS = 128
MOST_DESCRIPTION = 1024
_MESSAGES = {
    "EntityNotExist": "The {} does not exist.",
    "EntityAlreadyExists": "The {} does already EXIST.",
    "LimitExceeded": "The count of {} beyond the current limits.",
    "DeleteConflict": "The {} is still in use and CAN NOT be deleted.",
}
_STATUSES = {"EntityNotExist": 404, "EntityAlreadyExists": 409, "LimitExceeded": 409, "DeleteConflict": 409}


def fault(family: str, *entity: str) -> ApiError:
    """Return an error of one of RAM's four families, such as DeleteConflict.User.Group."""
    text = _MESSAGES[family].format(" ".join(entity).lower())
    return ApiError(_STATUSES[family], ".".join((family, *entity)), text)


def wrong(parameter: str, why: str, text: str) -> ApiError:
    """400 for a parameter; RAM says in the code what is wrong with it."""
    return ApiError(400, f"InvalidParameter.{parameter}{why}", f'The parameter - "{parameter}" {text}.')


def name_of(call: Call, entity: str, prefix: str = "") -> str:
    """Return a name as UserName, NewUserName and so on give it, or refuse its letters or its length."""
    parameter = f"{prefix}{entity}Name"
    text = call.parameters.text(parameter)
    if len(text) > _LONGEST[entity]:
        raise wrong(parameter, ".Length", "beyond the length limit")
    if not re.fullmatch(_LETTERS[entity], text, re.ASCII):
        raise wrong(parameter, ".InvalidChars", "contains invalid chars")
    return text


def new_name_of(call: Call, kind: type[R], entity: str, limit: int) -> str:
    """Return the name of what is to be made, which must be free, and the account must have room for it."""
    name = name_of(call, entity)
    if named(call.world, kind, call.account, name) is not None:
        raise fault("EntityAlreadyExists", entity)
    if sum(1 for _ in call.world.store.owned(kind, call.account)) >= limit:
        raise fault("LimitExceeded", entity)
    return name


def text_of(call: Call, parameter: str, default: str, most: int) -> str:
    """Return a text of limited length."""
    text = call.parameters.text(parameter, default)
    if len(text) > most:
        raise wrong(parameter, ".Length", "beyond the length limit")
    return text


def user_of(call: Call) -> RamUser:
    """Return the user that UserName names, or 404."""
    return _known(call, RamUser, "User")


def group_of(call: Call) -> RamGroup:
    """Return the group that GroupName names, or 404."""
    return _known(call, RamGroup, "Group")


def role_of(call: Call) -> RamRole:
    """Return the role that RoleName names, or 404."""
    return _known(call, RamRole, "Role")


def custom_policy_of(call: Call) -> RamPolicy:
    """Return the account's own policy that PolicyName names, or 404."""
    return _known(call, RamPolicy, "Policy")


def policy_of(call: Call) -> RamPolicy:
    """Return the policy that PolicyType and PolicyName name, or 404."""
    name = name_of(call, "Policy")
    found = policy_named(call.world, call.account, policy_type_of(call), name)
    if found is None:
        raise fault("EntityNotExist", "Policy")
    return found


def policy_type_of(call: Call) -> str:
    """Return Custom or System."""
    error = wrong("PolicyType", "", "is incorrect")
    return call.parameters.choice("PolicyType", "Custom", ("Custom", "System"), error)


def document_of(call: Call, parameter: str, read: Callable[[str], object], most: int = 6144) -> str:
    """Return a policy document as it was sent, once it has passed the grammar."""
    text = text_of(call, parameter, "", most)
    try:
        read(text)
    except ValueError as error:
        raise ApiError(400, "MalformedPolicyDocument", f"The policy document is invalid. {error}") from None
    return text


def tagged(parameters: Parameters, new: bool = False) -> dict[str, str]:
    """Read tags, which come as Tag.N.Key or as one JSON list."""
    text = parameters.text("Tag")
    if text:
        rows = _json(text, "Tag")
        flat = {
            f"Tag.{n}.{name}": str(row[name])
            for n, row in enumerate(rows, 1)
            if isinstance(row, dict)
            for name in ("Key", "Value")
            if row.get(name) is not None
        }
        parameters = Parameters(flat)
    return new_tags_of(parameters) if new else tags_of(parameters)


def names_in(parameters: Parameters, name: str) -> list[str]:
    """Read a list that comes as one JSON text or by index."""
    text = parameters.text(name)
    return [str(one) for one in _json(text, name)] if text else parameters.items(name)


def page(call: Call, rows: Iterable[tuple[int, R]]) -> tuple[list[R], dict[str, Any]]:
    """Return the rows after Marker, MaxItems at most, and the fields that say whether there are more."""
    most = call.parameters.number("MaxItems", 100, 1, 1000, "InvalidParameter.MaxItems")
    marker = call.parameters.text("Marker")
    after = from_token(marker, "Marker") if marker else None
    left = [(seq, row) for seq, row in rows if after is None or seq > after]
    chosen, more = left[:most], len(left) > most
    last = to_token(chosen[-1][0]) if more else ""
    return [row for _, row in chosen], {"IsTruncated": more, "Marker": last}


def new_number(first: str) -> str:
    """Return an id of 18 digits, as users and roles have."""
    return first + str(secrets.randbelow(10**17)).zfill(17)


def _known(call: Call, kind: type[R], entity: str) -> R:
    found = named(call.world, kind, call.account, name_of(call, entity))
    if found is None:
        raise fault("EntityNotExist", entity)
    return found


def _json(text: str, name: str) -> list[Any]:
    try:
        value: Any = from_json(text)
    except ValueError:
        value = None
    if not isinstance(value, list):
        raise wrong(name, "", "is not a JSON list")
    return value
