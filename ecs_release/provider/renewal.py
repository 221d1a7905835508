"""The renewal of subscriptions that are to end at their expiry.

Imports runner and gateway.
"""

from collections.abc import Mapping
from typing import Any

from ecs_release.gateway.errors import CloudError
from ecs_release.gateway.gateway import Gateway
from ecs_release.provider.base import check_place, warn
from ecs_release.provider.boundary import known_members, refuse
from ecs_release.provider.session import SESSION
from ecs_release.runner.records import NOT_RENEWED


def renewed(props: Mapping[str, Any]) -> list[str]:
    """The members that would be renewed though declared to expire; none when the cloud cannot be asked."""
    group = str(props.get("group"))
    try:
        return _still_renewed(props, SESSION.gateway(check_place(group, props)))
    except CloudError as error:
        warn(group, error)
        return []


def end_renewal(props: Mapping[str, Any]) -> None:
    """Switches the renewal off where it is on, and reads it back; raises CloudError and refuses."""
    gateway = SESSION.gateway(check_place(str(props.get("group")), props))
    on = _still_renewed(props, gateway)
    if on:
        gateway.end_renewal(on)
    left = _still_renewed(props, gateway) if on else []
    if left:
        refuse(
            [
                f"{props.get('group')}: {', '.join(left)} would still be renewed at the expiry",
                "  to do: see in the console what keeps the renewal on, then run `pulumi up` again",
            ]
        )


def _still_renewed(props: Mapping[str, Any], gateway: Gateway) -> list[str]:
    ids = sorted(known_members(props).values())
    if props.get("renewal") != NOT_RENEWED or not ids:
        return []
    # What has been released already is renewed no more, and asking for it is an error.
    alive = sorted(facts.instance_id for facts in gateway.find_instances(ids))
    states = gateway.renewal_states(alive) if alive else {}
    return [id_ for id_, state in states.items() if state != NOT_RENEWED]
