"""What a broken-off `up` made of a network and no state records.

Imports gateway and domain, and the survivors beside it.
"""

from collections.abc import Iterable, Set

from ecs_release.domain.networks import VPC, NetworkFacts
from ecs_release.domain.things import Thing
from ecs_release.gateway.gateway import Gateway
from ecs_release.runner.survivors import Place, Survivor

UNRECORDED = "carries the mark of this stack, and its state does not record it"
NO_STACK = (
    "carries the mark of this stack, which the backend does not know; make sure that it is the right one"
)


def marked_networks(place: Place, gateway: Gateway) -> tuple[NetworkFacts, ...]:
    """Everything in the region that carries the place's mark, recorded or not; a VPC after what is in it."""
    return tuple(facts for facts in gateway.networks.all() if facts.is_marked(place.project, place.stack))


def left_networks(marked: Iterable[NetworkFacts], recorded: Set[str] | None) -> tuple[Survivor, ...]:
    """Those that the state does not record; all of them where there is no state, which is None."""
    why = NO_STACK if recorded is None else UNRECORDED
    return tuple(_survivor(facts, why) for facts in marked if facts.id not in (recorded or ()))


def _survivor(facts: NetworkFacts, why: str) -> Survivor:
    inside = "" if facts.kind == VPC else f", in {facts.vpc_id}"
    return Survivor(Thing(facts.kind, facts.id, f"{facts.name}{inside}", why), facts.status)
