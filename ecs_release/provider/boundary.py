"""The edge to the engine: clean refusals, values that may be unknown, property comparison.

Imports pulumi, runner, gateway and domain. No call to the cloud is made here.
"""

import functools
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn, ParamSpec, TypeVar

from pulumi.dynamic import DiffResult
from pulumi.output import Unknown
from pulumi.runtime.rpc import UNKNOWN

from ecs_release.gateway.errors import CloudError
from ecs_release.provider.declarations import DeclarationsUnwritable
from ecs_release.provider.session import SESSION
from ecs_release.provider.shape import check_shape
from ecs_release.runner.commission import BadCommission
from ecs_release.runner.journal import JournalUnreadable, JournalUnwritable
from ecs_release.runner.records import UnreadableRecord
from ecs_release.runner.run import EngineGone

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

PROVIDER_KEY = "__provider"
# What people can act on; anything else is a defect and shows its trace.
EXPECTED = (
    BadCommission,
    CloudError,
    DeclarationsUnwritable,
    EngineGone,
    JournalUnreadable,
    JournalUnwritable,
    UnreadableRecord,
)


class Refusal(Exception):
    """An expected refusal; its text is all that the user shall see."""


# The engine prints class and message; without a module in its name the class reads as one word.
REFUSED = type("Refused", (Exception,), {"__module__": "builtins"})
DEFECT = type("Defect", (Exception,), {"__module__": "builtins"})
TRACE_LIMIT = 50


def refuse(lines: Iterable[str]) -> NoReturn:
    """Raises a Refusal with these lines."""
    raise Refusal("\n".join(lines))


def guarded(method: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Lets an expected refusal reach the user as its text alone, and a real bug with its trace.

    Catches everything: a BaseException that left a method would hang the engine.
    """

    @functools.wraps(method)
    def wrapper(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        if not SESSION.is_package:
            # The SDK formats what it catches; four threads share the limit, so it is never set back.
            sys.tracebacklimit = 0
        try:
            for argument in (*args, *kwargs.values()):
                if isinstance(argument, Mapping):
                    check_shape(argument)
            return method(*args, **kwargs)
        except (Refusal, *EXPECTED) as refusal:
            raise REFUSED(transferable(str(refusal))) from None
        except BaseException as error:
            trace = "".join(traceback.format_exception(error, limit=TRACE_LIMIT))
            raise DEFECT(transferable(f"a defect in ecs-release, please report it\n{trace}")) from None

    return wrapper


def transferable(text: str) -> str:
    """A text that the engine can be sent: the names of files and variables can hold any bytes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def is_known(value: Any) -> bool:
    """Whether no part of a value, at any depth, is Unknown."""
    if isinstance(value, Unknown) or (isinstance(value, str) and value == UNKNOWN):
        return False
    if isinstance(value, Mapping):
        return all(is_known(part) for part in value.values())
    if isinstance(value, list | tuple):
        return all(is_known(part) for part in value)
    return True


def known_members(properties: Mapping[str, Any]) -> dict[str, str]:
    """The members whose ids are known; an empty map when the whole is unknown."""
    members = properties.get("members")
    if not isinstance(members, Mapping):
        return {}
    return {name: value for name, value in members.items() if isinstance(value, str) and is_known(value)}


def wish_differs(olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    """Whether the world (last outputs) differs from the wish (inputs), over the wished keys only."""
    return any(_plain(olds.get(key)) != _plain(value) or not is_known(value) for key, value in news.items())


def _plain(value: Any) -> Any:
    # None and empty collections vanish on their way through the engine, so they are one.
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items() if _plain(part) is not None} or None
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value] or None
    return None if value == "" else value


def difference(changes: bool) -> DiffResult:
    """A diff answer that never asks for a replacement."""
    return DiffResult(changes=changes, replaces=[], stables=[], delete_before_replace=False)


def inputs_of(properties: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """Exactly the input keys out of stored outputs, as `read` must return them."""
    return {key: properties[key] for key in keys if key in properties}
