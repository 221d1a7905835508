"""The stock provider's own config, `alicloud:*`: where the API is, and no credentials.

Imports the domain and its siblings; imported by `load`.
"""

import ipaddress
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ecs_release.domain.facts import Cloud
from stacks.problems import HIDDEN, MISSING, Problem, shown

REGION_KEY = "alicloud:region"
ENDPOINTS_KEY = "alicloud:endpoints"
PROTOCOL_KEY = "alicloud:protocol"
PROTOCOLS = ("HTTPS", "HTTP")
# Ours and the stock provider's: a host given for one and not for another would mix two clouds.
NEEDED_TOGETHER = ("ecs", "vpc", "sts", "bssopenapi")
CREDENTIALS = ("accessKey", "secretKey", "securityToken")
NO_CREDENTIALS = (
    "not in the config: the engine writes the config into the state, and destroy would use the keys of the"
    " last `up`; use the environment or the rest of the default credential chain"
)
REGION_ALLOWED = "a region like cn-hangzhou"
_REGION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
_HOST = re.compile(r"[A-Za-z0-9._-]+(:\d{1,5})?|\[[0-9a-fA-F:]+\](:\d{1,5})?")


def parsed(value: Any) -> Any:
    """A config value as an object; the CLI hands objects over as JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def is_loopback(host: str) -> bool:
    """Whether `host:port` can only be this machine."""
    name = host.rpartition(":")[0] if re.search(r":\d+$", host) else host
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def cloud_of(config: Mapping[str, Any]) -> Cloud:
    """Where the API is, out of a config without problems."""
    hosts = endpoints(config)
    return Cloud(
        region=str(config[REGION_KEY]),
        protocol=str(config.get(PROTOCOL_KEY, "HTTPS")),
        ecs=hosts.get("ecs", ""),
        sts=hosts.get("sts", ""),
        bss=hosts.get("bssopenapi", ""),
        vpc=hosts.get("vpc", ""),
    )


def trail_host(config: Mapping[str, Any]) -> str:
    """The host of ActionTrail, "" where none is given."""
    return endpoints(config).get("actiontrail", "")


def endpoints(config: Mapping[str, Any]) -> dict[str, str]:
    """The hosts by product; {} when none are given or they are no list of one mapping."""
    listed = parsed(config.get(ENDPOINTS_KEY))
    # What cannot be read counts as none here; `_endpoint_problems` names it.
    if not isinstance(listed, list) or len(listed) != 1 or not isinstance(listed[0], Mapping):
        return {}
    return {str(product): str(host) for product, host in listed[0].items() if host}


def cloud_problems(config: Mapping[str, Any]) -> Iterator[Problem]:
    """Everything that is wrong with `alicloud:*`."""
    yield from _credential_problems(config)
    yield from _region_problems(config.get(REGION_KEY))
    yield from _endpoint_problems(config)
    yield from _protocol_problems(config)


def _region_problems(region: Any) -> Iterator[Problem]:
    if region is None or region == "":
        yield Problem(REGION_KEY, MISSING, f"required: {REGION_ALLOWED}")
    # It becomes part of a host's name, to which signed calls go.
    elif not isinstance(region, str) or not _REGION.fullmatch(region):
        yield Problem(REGION_KEY, shown(region), REGION_ALLOWED)


def _credential_problems(config: Mapping[str, Any]) -> Iterator[Problem]:
    for name in CREDENTIALS:
        if config.get(f"alicloud:{name}"):
            yield Problem(f"alicloud:{name}", HIDDEN, NO_CREDENTIALS)
    role = parsed(config.get("alicloud:assumeRoleWithOidc"))
    # Only the token itself is a secret; the path of its file is the way it should be given.
    if isinstance(role, Mapping) and role.get("oidcToken"):
        yield Problem("alicloud:assumeRoleWithOidc.oidcToken", HIDDEN, NO_CREDENTIALS)


def _endpoint_problems(config: Mapping[str, Any]) -> Iterator[Problem]:
    given = config.get(ENDPOINTS_KEY)
    hosts = endpoints(config)
    if given is not None and not hosts:
        yield Problem(ENDPOINTS_KEY, shown(given), "a list of one mapping from product to host:port")
    for product, host in hosts.items():
        if not _HOST.fullmatch(host):
            yield Problem(f"{ENDPOINTS_KEY}[0].{product}", shown(host), "host or host:port, without http://")
    for product in NEEDED_TOGETHER:
        if hosts and product not in hosts:
            yield Problem(
                f"{ENDPOINTS_KEY}[0].{product}",
                MISSING,
                "required as soon as any endpoint is given, so that no call goes to another cloud",
            )
    yield from _mixed_problems(hosts)


def _mixed_problems(hosts: Mapping[str, str]) -> Iterator[Problem]:
    # One forgotten host would send a test's calls to the real cloud.
    local = {product for product, host in hosts.items() if is_loopback(host)}
    for product, host in hosts.items() if local else ():
        if product not in local and _HOST.fullmatch(host):
            yield Problem(
                f"{ENDPOINTS_KEY}[0].{product}",
                shown(host),
                "a loopback host like the others, so that no call leaves this machine",
            )


def _protocol_problems(config: Mapping[str, Any]) -> Iterator[Problem]:
    protocol = config.get(PROTOCOL_KEY, "HTTPS")
    if protocol not in PROTOCOLS:
        yield Problem(PROTOCOL_KEY, shown(protocol), "HTTPS or HTTP")
    hosts = endpoints(config)
    # Signed calls in the clear would show what they do to everybody on the way.
    if protocol == "HTTP" and not (hosts and all(is_loopback(host) for host in hosts.values())):
        yield Problem(
            PROTOCOL_KEY, shown(protocol), "HTTPS; HTTP only when every endpoint is a loopback host"
        )
