"""What hangs on the instances of a run beside their disks: snapshots, images, interfaces, a refund.

Imports gateway and domain. Changes nothing in the cloud.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ecs_release.domain.facts import InstanceFacts, Quote
from ecs_release.domain.steps import is_active_subscription
from ecs_release.domain.terms import Backup, OnActiveSubscription, ReleaseTerms
from ecs_release.gateway.errors import NotFound
from ecs_release.gateway.gateway import Gateway
from ecs_release.runner.recent import Recent


def with_belongings(
    instances: tuple[InstanceFacts, ...],
    terms: ReleaseTerms,
    staying: set[str],
    gateway: Gateway,
    recent: Recent,
) -> tuple[InstanceFacts, ...]:
    """The instances with what they leave behind or take with them, where they do not stay."""
    ending = [facts for facts in instances if facts.instance_id not in staying]
    # A backup decides about the release, so its state is asked for in every look.
    known = recent if terms.backup is Backup.NONE else Recent()
    snapshots, images = _snapshots(ending, gateway, known), _images(ending, terms, gateway)
    interfaces = _interfaces(ending, gateway, known)
    return tuple(
        replace(
            facts,
            snapshots=tuple(snapshots[facts.instance_id]),
            images=tuple(images[facts.instance_id]),
            interfaces=tuple(interfaces[facts.instance_id]),
            refund=_quote(facts, terms, gateway),
        )
        if facts.instance_id not in staying
        else facts
        for facts in instances
    )


def _snapshots(ending: Iterable[InstanceFacts], gateway: Gateway, recent: Recent) -> dict[str, list[Any]]:
    disks = {disk.disk_id: facts.instance_id for facts in ending for disk in facts.disks}
    if not disks:
        return _grouped(())
    question = ("snapshots", frozenset(disks))
    found = recent.answer(question, gateway.cloud_time(), lambda: gateway.snapshots_of(disks))
    return _grouped((disks[snapshot.disk_id], snapshot) for snapshot in found)


def _images(ending: list[InstanceFacts], terms: ReleaseTerms, gateway: Gateway) -> dict[str, list[Any]]:
    # An image tells nowhere what it was made of; only ours are tagged, and only then are they looked for.
    if terms.backup is not Backup.IMAGE or not ending:
        return _grouped(())
    found = gateway.images_of([facts.instance_id for facts in ending])
    return _grouped((image.backup_of, image) for image in found)


def _interfaces(ending: list[InstanceFacts], gateway: Gateway, recent: Recent) -> dict[str, list[Any]]:
    owners = {interface: facts.instance_id for facts in ending for interface in facts.interface_ids}
    if not owners:
        return _grouped(())
    question = ("interfaces", frozenset(owners))
    found = recent.answer(question, gateway.cloud_time(), lambda: gateway.interfaces(sorted(owners)))
    return _grouped((owners[interface.interface_id], interface) for interface in found)


def _quote(facts: InstanceFacts, terms: ReleaseTerms, gateway: Gateway) -> Quote | None:
    refunds = terms.on_active_subscription is OnActiveSubscription.REFUND
    # Only what still runs has a quote; billing answers an error for the rest.
    if not refunds or not is_active_subscription(facts, gateway.cloud_time()):
        return None
    try:
        return gateway.refund_quote(facts.instance_id)
    except NotFound:
        # Refunded a moment ago: billing has forgotten it, and it is about to leave the list.
        return None


def _grouped(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    grouped: dict[str, list[Any]] = defaultdict(list)
    for key, value in pairs:
        grouped[key].append(value)
    return grouped
