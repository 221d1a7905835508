"""The table of API actions: each handler registers itself under its product and name.

Imports world and parameters.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from emulator.accounts import Identity
from emulator.errors import ApiError, invalid_parameter, missing_parameter
from emulator.names import words
from emulator.parameters import Parameters, check
from emulator.resources import Resource
from emulator.typed import check_types
from emulator.world import World

Reply = dict[str, Any]
R = TypeVar("R", bound=Resource)
COMMON = frozenset(words("RegionId ClientToken OwnerId OwnerAccount ResourceOwnerId ResourceOwnerAccount"))


@dataclass
class Call:
    """One API call: who asks for what, and the world it is asked of."""

    world: World
    identity: Identity
    action: str
    host: str
    parameters: Parameters
    source_ip: str = ""
    secure: bool = False

    @property
    def account(self) -> str:
        """Return the caller's account id."""
        return self.identity.account_id

    @property
    def region(self) -> str:
        """Return the region asked for, or an empty string where the endpoint alone would tell."""
        return self.parameters.text("RegionId")

    def find(self, kind: type[R], identifier: str) -> R | None:
        """Return a resource if the caller's account has it, in the region asked for if there is one."""
        found = self.world.store.get(kind, identifier)
        # A foreign resource is answered like a missing one: its existence is nobody else's business.
        if found is None or found.account_id != self.account:
            return None
        # What belongs to no region is found from each.
        if found.region_id and self.region not in ("", found.region_id):
            return None
        return found

    def need(self, kind: type[R], identifier: str, error: ApiError) -> R:
        """Return a resource that the caller's account has, or raise."""
        found = self.find(kind, identifier)
        if found is None:
            raise error
        return found


Handler = Callable[[Call], Reply]


@dataclass(frozen=True)
class Action:
    """A handler with the parameters that its API page lists."""

    product: str
    name: str
    handler: Handler
    allowed: frozenset[str]
    ignored: frozenset[str]
    required: dict[str, str]
    sent: frozenset[str] = frozenset()

    def check(self, raw: dict[str, str]) -> None:
        """Refuse parameters that are unknown by name, missing, or of another type."""
        check(raw, self.allowed, self.required)
        for name in sorted(self.sent - set(raw)):
            raise missing_parameter(name)
        check_types(raw)


ACTIONS: dict[tuple[str, str], Action] = {}


def action(
    product: str, name: str, parameters: str = "", required: str = "", ignored: str = "", sent: str = ""
) -> Callable[[Handler], Handler]:
    """Register a handler; a required parameter may carry its own code, as `Name:Code`.

    What is ignored is documented by the API, accepted, and changes nothing here; what is to be sent must be
    there, if only as an empty value.
    """
    pairs = (item.partition(":") for item in required.split())
    needed = {parameter: code or "MissingParameter" for parameter, _, code in pairs}
    inert, present = frozenset(words(ignored)), frozenset(words(sent))
    allowed = frozenset(words(parameters)) | inert | present | frozenset(needed) | COMMON

    def register(handler: Handler) -> Handler:
        ACTIONS[product, name] = Action(product, name, handler, allowed, inert, needed, present)
        return handler

    return register


def idempotent(handler: Handler) -> Handler:
    """Replay the first reply for a day when the same ClientToken comes again."""
    return idempotent_or("InvalidParameter")(handler)


def idempotent_or(code: str) -> Callable[[Handler], Handler]:
    """Replay likewise, in an action that has a code of its own for a token that is none."""

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        def wrapper(call: Call) -> Reply:
            token = call.parameters.text("ClientToken")
            if len(token) > 64 or not token.isascii():
                raise invalid_parameter("ClientToken", "it must be ASCII of at most 64 characters", code)
            return _replayed(call, token, handler) if token else handler(call)

        return wrapper

    return decorate


def _replayed(call: Call, token: str, handler: Handler) -> Reply:
    # Two accounts, or two actions, may use the same token.
    scope = f"{call.account}/{call.action}"
    request = json.dumps(call.parameters.values, sort_keys=True)
    known: Reply | None = call.world.tokens.replay(scope, token, request, call.world.now)
    if known is None:
        # A refusal raises past this line and leaves the token unspent.
        known = handler(call)
        call.world.tokens.keep(scope, token, request, known, call.world.now)
    return known


def lookup(product: str, name: str) -> Action:
    """Return the action, or refuse: 400, because a 404 reads as "the resource is gone" in some clients."""
    found = ACTIONS.get((product, name))
    if found is None:
        raise ApiError(400, "InvalidAction.NotFound", f"The action {name} of {product} is not offered here.")
    return found
