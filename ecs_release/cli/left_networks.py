"""The part of `ecs-release survivors` that needs a state: networks.

Imports cli, runner, gateway and domain.
"""

from ecs_release.cli.output import note
from ecs_release.cli.state import NoSuchStack, StateUnavailable, export_stack, recorded_ids
from ecs_release.domain.networks import VPC
from ecs_release.gateway.errors import CannotCall, NoPermission
from ecs_release.gateway.gateway import Gateway
from ecs_release.runner.left_networks import left_networks, marked_networks
from ecs_release.runner.survivors import Place, Survivor


def networks_left(stack: str, place: Place, gateway: Gateway) -> tuple[Survivor, ...]:
    """What an `up` made of the stack's network and its state does not record.

    Where that cannot be told, a line says why, and none is named; the other survivors stand.
    """
    try:
        # The state after the cloud: what an `up` has recorded meanwhile is not taken for left.
        marked = marked_networks(place, gateway)
        return left_networks(marked, _recorded(stack)) if marked else ()
    except (StateUnavailable, NoPermission, CannotCall) as error:
        note(f"whether a part of a network is left cannot be told: {error}")
        return ()


def _recorded(stack: str) -> frozenset[str] | None:
    try:
        return recorded_ids(export_stack(stack))
    except NoSuchStack:
        return None


def in_order(chosen: tuple[Survivor, ...]) -> tuple[Survivor, ...]:
    """A VPC after everything else: the cloud deletes an empty one only."""
    return tuple(sorted(chosen, key=lambda each: each.thing.kind == VPC))
