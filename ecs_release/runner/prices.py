"""What the things that stay cost a month, as far as the cloud tells.

Imports gateway and domain. A price that cannot be had is "unknown" with the reason, never an error:
nobody should be unable to release because a price list does not answer.
"""

from collections.abc import Iterable
from dataclasses import replace

from ecs_release.domain.plan import Plan
from ecs_release.domain.things import Thing
from ecs_release.gateway.errors import CloudError
from ecs_release.gateway.gateway import Gateway

NO_PRICE = {
    "snapshot": "unknown: billed by the blocks that it holds",
    "automatic snapshot": "unknown: billed by the blocks that it holds",
    "image": "unknown: billed by its snapshots",
    "EIP": "unknown: the price API tells none for EIPs",
}


class Prices:
    """The prices of one run; each kind and size is asked for once."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._asked: dict[tuple[str, int], str] = {}

    def of(self, things: Iterable[Thing]) -> tuple[Thing, ...]:
        """The things with what they cost; what does not bill has no price."""
        return tuple(replace(thing, price=self._price(thing)) if thing.bills else thing for thing in things)

    def _price(self, thing: Thing) -> str:
        if not thing.size_gib:
            return NO_PRICE.get(thing.kind, "unknown")
        key = (thing.category, thing.size_gib)
        if key not in self._asked:
            self._asked[key] = self._ask(*key)
        return self._asked[key]

    def _ask(self, category: str, size_gib: int) -> str:
        try:
            return self._gateway.disk_price(category, size_gib).monthly()
        except CloudError as error:
            return f"unknown: {error.code or type(error).__name__}"


def priced(plan: Plan, gateway: Gateway) -> Plan:
    """A plan whose survivors carry what they cost."""
    prices = Prices(gateway)
    instances = tuple(replace(each, survivors=prices.of(each.survivors)) for each in plan.instances)
    return replace(plan, instances=instances)
