"""One look at a group while the world moves between its calls."""

from collections.abc import Sequence
from datetime import timedelta

from ecs_release.domain.facts import Charge, DiskFacts
from ecs_release.runner.observe import Errand, Sightings, observe
from tests.unit.domain.worlds import NOW, instance, record
from tests.unit.fake_gateway import FakeGateway

MEMBERS = {"web-0": "i-0", "web-1": "i-1"}


class EndsBeforeItsDisksAreAskedFor(FakeGateway):
    """The cloud completes the release of `i-1` between two calls of one observation."""

    def disks_of(self, instance_ids: Sequence[str]) -> tuple[DiskFacts, ...]:
        self.instances.pop("i-1", None)
        self.disks = {key: disk for key, disk in self.disks.items() if disk.instance_id != "i-1"}
        return super().disks_of(instance_ids)


def look(gateway: FakeGateway, members: dict[str, str]) -> tuple[list[str], frozenset[str], frozenset[str]]:
    recorded = record(members)
    seen = observe(Errand(recorded, recorded.terms), gateway, Sightings())  # type: ignore[arg-type]
    return [facts.instance_id for facts in seen.instances], seen.gone, seen.unseen


def pair(gateway: type[FakeGateway]) -> FakeGateway:
    return gateway(*(instance(id_, member) for member, id_ in MEMBERS.items()))


def test_an_instance_that_ends_between_two_calls_is_gone_and_not_one_without_disks() -> None:
    assert look(pair(EndsBeforeItsDisksAreAskedFor), MEMBERS) == (["i-0"], frozenset({"i-1"}), frozenset())


def test_without_the_right_to_look_it_is_unseen_and_never_gone() -> None:
    gateway = pair(EndsBeforeItsDisksAreAskedFor)
    gateway.may_look = lambda: False  # type: ignore[method-assign]
    gateway.is_released = lambda instance_id: False  # type: ignore[method-assign]
    assert look(gateway, MEMBERS) == (["i-0"], frozenset(), frozenset({"i-1"}))


def test_one_whose_disks_cannot_be_seen_stays_in_the_picture() -> None:
    gateway = pair(FakeGateway)
    gateway.disks = {key: disk for key, disk in gateway.disks.items() if disk.instance_id != "i-1"}
    assert look(gateway, MEMBERS) == (["i-0", "i-1"], frozenset(), frozenset())


def test_an_orphan_that_ends_between_two_calls_is_no_subject_any_more() -> None:
    assert look(pair(EndsBeforeItsDisksAreAskedFor), {"web-0": "i-0"}) == (
        ["i-0"],
        frozenset(),
        frozenset(),
    )


def test_one_whose_subscription_has_ended_as_declared_is_seen_as_expired_though_it_stays_declared() -> None:
    ended = instance("i-0", "web-0", charge=Charge.SUBSCRIPTION, expires_at=NOW)
    paid = instance("i-1", "web-1", charge=Charge.SUBSCRIPTION, expires_at=NOW + timedelta(days=1))
    recorded = record(MEMBERS, at_expiry=True)
    errand = Errand(recorded, recorded.terms, wanted=MEMBERS)
    seen = observe(errand, FakeGateway(ended, paid), Sightings())  # type: ignore[arg-type]
    assert seen.expired == {"i-0"}
    assert seen.disputed == frozenset()
