"""The control calls under /_emulator/, all JSON; a malformed one gets 400.

Imports world, faults and the rules.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from emulator import times
from emulator.control.events import apply
from emulator.control.outlook import hourly, upcoming
from emulator.control.overview import Overview
from emulator.faults import MOST_MILLISECONDS, Fault, Faults
from emulator.registry import ACTIONS
from emulator.resources import KINDS
from emulator.rules.events import HANDLERS
from emulator.untrusted import from_json
from emulator.world import World

_RULES: TypeAdapter[list[Fault]] = TypeAdapter(list[Fault], config=ConfigDict(defer_build=True))
# Far enough from the last year that a time can have, for what is bought then to end.
_LATEST = times.from_api("2999-12-31T23:59:59Z")
_MOST_TIMERS = 1_000_000

Reply = dict[str, Any] | list[Any]


class Control:
    """Answers control calls; each is one transaction, like an API call."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.faults = faults
        overview = Overview(world)
        self.calls: dict[tuple[str, str], Callable[[dict[str, str], Any], Reply]] = {
            ("GET", "health"): self._health,
            ("GET", "pulse"): self._pulse,
            ("GET", "overview"): lambda query, body: overview.tell(),
            ("GET", "hourly"): lambda query, body: hourly(self.world),
            ("GET", "upcoming"): self._upcoming,
            ("GET", "requests"): self._requests,
            ("GET", "request"): self._request,
            ("GET", "violations"): self._violations,
            ("GET", "counts"): self._counts,
            ("GET", "deliveries"): self._deliveries,
            ("GET", "state"): self._state,
            ("GET", "clock"): self._clock,
            ("POST", "clock"): self._set_clock,
            ("POST", "faults"): self._add_faults,
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "limits"): self._limits,
            ("POST", "limits"): self._set_limits,
            ("DELETE", "limits"): self._clear_limits,
            ("POST", "latency"): self._set_latency,
            ("POST", "events"): self._events,
            ("GET", "settings"): self._settings,
            ("POST", "settings"): self._set_settings,
            ("POST", "reset"): self._reset,
        }

    def answer(self, method: str, path: str, query: dict[str, str], body: bytes) -> tuple[int, Reply]:
        """Answer one control call with a status and JSON."""
        name = path.removeprefix("/_emulator/")
        call = self.calls.get((method, name))
        if call is None:
            known = any(name == other for _, other in self.calls)
            return (405 if known else 404), {"error": f"there is no control call {method} {path}"}
        try:
            with self.world.database.transaction("control"):
                self.world.settle(HANDLERS)
                return 200, call(query, from_json(body) if body else {})
        except ValidationError as error:
            return 400, {"error": _explain(error)}
        except (ValueError, TypeError, OverflowError) as error:
            return 400, {"error": str(error)}

    def _health(self, query: dict[str, str], body: Any) -> Reply:
        return {"status": "ok"}

    def _pulse(self, query: dict[str, str], body: Any) -> Reply:
        world = f"{self.world.life}.{self.world.database.changes}"
        return {**self._moment(), "world": world, "requests": self.world.log.last()}

    def _upcoming(self, query: dict[str, str], body: Any) -> Reply:
        return upcoming(self.world, _whole(query, "limit", _MOST_TIMERS))

    def _request(self, query: dict[str, str], body: Any) -> Reply:
        entry = self.world.log.entry(_whole(query, "n"))
        if entry is None:
            raise ValueError(f"there is no request {query['n']}" if "n" in query else "n names a request")
        return entry

    def _requests(self, query: dict[str, str], body: Any) -> Reply:
        return self.world.log.since(_whole(query, "since"))

    def _violations(self, query: dict[str, str], body: Any) -> Reply:
        return self.world.violations.since(_whole(query, "since"))

    def _counts(self, query: dict[str, str], body: Any) -> Reply:
        return self.world.log.counts()

    def _deliveries(self, query: dict[str, str], body: Any) -> Reply:
        return self.world.deliveries.since(_whole(query, "since"))

    def _state(self, query: dict[str, str], body: Any) -> Reply:
        state: dict[str, Any] = {kind: {} for kind in KINDS}
        for resource in self.world.store.everything(query.get("id", "")):
            state[resource.kind][resource.id] = resource.state()
        return state

    def _clock(self, query: dict[str, str], body: Any) -> Reply:
        return self._moment()

    def _moment(self) -> dict[str, Any]:
        return {
            "now": times.to_second(self.world.now),
            "epoch": self.world.now,
            "rate": self.world.clock.rate,
        }

    def _set_clock(self, query: dict[str, str], body: Any) -> Reply:
        order = _object(body, {"advance", "set", "rate"})
        clock = self.world.clock
        # All is read before anything moves, so that a malformed call changes nothing.
        rate = _number(order.get("rate", clock.rate), "rate", 0, 1_000_000)
        moment = times.from_api(str(order["set"])) if "set" in order else clock.now()
        moment += times.from_duration(str(order["advance"])) if "advance" in order else 0.0
        if not 0 <= moment <= _LATEST:
            raise ValueError("the clock goes from 1970 to 2999")
        clock.move(moment)
        clock.rate = rate
        # What fell due has happened when the tester gets the answer.
        self.world.settle(HANDLERS)
        self.world.keep()
        return self._clock(query, body)

    def _add_faults(self, query: dict[str, str], body: Any) -> Reply:
        rules = _RULES.validate_python(body if isinstance(body, list) else [body])
        added = self.faults.add(rules)
        return {"rules": len(self.faults.rules), "ids": added}

    def _clear_faults(self, query: dict[str, str], body: Any) -> Reply:
        if "id" in query:
            self.faults.remove(_whole(query, "id"))
        else:
            self.faults.rules.clear()
        return {"rules": len(self.faults.rules)}

    def _set_latency(self, query: dict[str, str], body: Any) -> Reply:
        self.faults.latency_ms = int(_number(_object(body, {"ms"}).get("ms"), "ms", 0, MOST_MILLISECONDS))
        return {"ms": self.faults.latency_ms}

    def _limits(self, query: dict[str, str], body: Any) -> Reply:
        return dict(self.world.limits.table)

    def _set_limits(self, query: dict[str, str], body: Any) -> Reply:
        if not body and (body is None or isinstance(body, dict)):
            return self._clear_limits(query, body)
        # A misspelt action would be limited to no effect, and a test would pass for the wrong reason.
        self.world.limits.change(_object(body, {name for _, name in ACTIONS}))
        return self._limits(query, body)

    def _clear_limits(self, query: dict[str, str], body: Any) -> Reply:
        self.world.limits.clear()
        return {}

    def _events(self, query: dict[str, str], body: Any) -> Reply:
        for name, value in _object(body, None).items():
            apply(self.world, name, value)
        return {}

    def _settings(self, query: dict[str, str], body: Any) -> Reply:
        return self.world.settings.model_dump()

    def _set_settings(self, query: dict[str, str], body: Any) -> Reply:
        changed = {**self.world.settings.model_dump(), **_object(body, None)}
        self.world.settings = type(self.world.settings).model_validate(changed)
        self.world.keep()
        return self._settings(query, body)

    def _reset(self, query: dict[str, str], body: Any) -> Reply:
        self.world.reset()
        self.faults.clear()
        return {}


def _whole(query: dict[str, str], name: str, default: int = 0) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f"{name} must be a number, not {text!r}")
    return int(text)


def _object(body: Any, allowed: set[str] | None) -> dict[str, Any]:
    if not isinstance(body, dict) or not body:
        raise ValueError("the body must be a JSON object with at least one key")
    unknown = set(body) - allowed if allowed is not None else set()
    if unknown:
        raise ValueError(f"unknown keys: {', '.join(sorted(unknown))}")
    return body


def _number(value: Any, name: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{name} must be a number from {low} to {high}")
    return float(value)


def _explain(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, row['loc']))}: {row['msg']}" for row in error.errors())
