"""What a target is sent of an event, and where: the four forms of a target's parameters.

Imports untrusted.
"""

from __future__ import annotations

import ipaddress
import json
import re
from typing import Any
from urllib.parse import urlsplit

from emulator.untrusted import from_json

HTTP = ("http", "https")
FORMS = ("ORIGINAL", "TEMPLATE", "JSONPATH", "CONSTANT")
_STEP = re.compile(r"\.([\w:-]+)|\[([0-9]{1,6})\]|\['([^']*)'\]", re.ASCII)
_PLACE = re.compile(r"\$\{([^}]*)\}")
Target = dict[str, Any]


def url_of(target: Target) -> str:
    """Return where a target is: its parameter URL, else its endpoint."""
    return str(_parameter(target, "url").get("Value") or target["Endpoint"])


def reachable(target: Target) -> bool:
    """Tell whether a target is on this machine, by its address or as localhost."""
    try:
        parts = urlsplit(url_of(target))
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    return target["Type"] in HTTP and parts.scheme in HTTP and _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def body_of(target: Target, event: dict[str, Any]) -> str:
    """Return what a target is sent; without a parameter Body the whole event."""
    parameter = _parameter(target, "body")
    form, value = parameter.get("Form", "ORIGINAL"), parameter.get("Value") or ""
    if form == "CONSTANT":
        return str(value)
    if form == "JSONPATH":
        return _written(found(event, str(value)))
    if form == "TEMPLATE":
        return _filled(str(parameter.get("Template") or ""), str(value), event)
    return json.dumps(event)


def _parameter(target: Target, key: str) -> dict[str, Any]:
    # The pages spell the keys in both cases.
    named = (one for one in target.get("ParamList") or [] if str(one.get("ResourceKey", "")).lower() == key)
    return next(named, {})


def _filled(template: str, value: str, event: dict[str, Any]) -> str:
    try:
        wanted = from_json(value or "{}")
    except ValueError:
        wanted = {}
    places = wanted if isinstance(wanted, dict) else {}
    values = {name: found(event, path) for name, path in places.items()}
    return _PLACE.sub(lambda match: _written(values.get(match.group(1), "")), template)


def found(event: Any, path: Any) -> Any:
    """Return what a path like `$.data.eventName` leads to, "" for nothing; what is no path is itself."""
    if not isinstance(path, str) or not path.startswith("$"):
        return path
    at, value = 1, event
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            return ""
        at, value = step.end(), _inside(value, step)
    return value


def _inside(value: Any, step: re.Match[str]) -> Any:
    if step.group(2) is not None:
        index = int(step.group(2))
        return value[index] if isinstance(value, list) and index < len(value) else ""
    name = step.group(1) if step.group(1) is not None else step.group(3)
    return value.get(name, "") if isinstance(value, dict) else ""


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
