"""Defaults, which are the safe ones, and what the models compute."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import ValidationError

from ecs_release.domain.facts import Charge, DiskFacts, DiskKind
from ecs_release.domain.terms import OnActiveSubscription, OnProtected, OnReplaced
from stacks.fields import DATA_SIZES, is_local
from stacks.schema import DataDisk, Group, PayAsYouGo, Release, Schedule, Spot, Subscription

PLAIN: dict[str, Any] = {"count": 1, "instance_type": "ecs.g7.large", "image": "image-1"}


def test_defaults_keep_protect_and_refuse() -> None:
    group = Group(**PLAIN)
    assert group.charge == PayAsYouGo()
    assert group.is_protected
    assert group.system_disk.release_with_instance
    assert not group.system_disk.release_auto_snapshots
    disk = DataDisk(name="data", size_gib=20)
    assert (disk.release_with_instance, disk.release_auto_snapshots) == (False, False)
    assert group.release == Release(
        schedule=None,
        on_protected=OnProtected.REFUSE,
        on_active_subscription=OnActiveSubscription.REFUSE,
        on_replaced=OnReplaced.REFUSE,
        max_instances=None,
    )


@pytest.mark.parametrize(
    ("charge", "declared", "protected", "billing"),
    [
        (PayAsYouGo(), None, True, Charge.PAY_AS_YOU_GO),
        (PayAsYouGo(), False, False, Charge.PAY_AS_YOU_GO),
        (Spot(type="spot"), None, False, Charge.SPOT),
        (Subscription(type="subscription", period=1), False, False, Charge.SUBSCRIPTION),
    ],
)
def test_protection_follows_the_billing_method(
    charge: Any, declared: bool | None, protected: bool, billing: Charge
) -> None:
    group = Group(**PLAIN, charge=charge, deletion_protection=declared)
    assert (group.is_protected, group.billing) == (protected, billing)


def test_spot_takes_a_schedule() -> None:
    release = Release.model_validate({"schedule": {"at": "2030-12-31T10:00Z"}})
    assert Group(**PLAIN, charge=Spot(type="spot"), release=release).release.schedule


def test_a_release_time_is_kept_in_utc() -> None:
    wanted = datetime(2030, 12, 31, 10, tzinfo=UTC)
    assert Schedule.model_validate({"at": "2030-12-31T18:00:00+08:00"}).at == wanted
    assert Schedule(at=datetime(2030, 12, 31, 18, tzinfo=timezone(timedelta(hours=8)))).at == wanted
    with pytest.raises(ValidationError, match="a quoted time in whole minutes"):
        Schedule(at=datetime(2030, 12, 31, 10))


def test_nothing_changes_after_it_was_checked() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Group(**PLAIN).count = 2


@pytest.mark.parametrize("category", sorted(DATA_SIZES))
def test_local_means_the_same_here_and_in_the_domain(category: str) -> None:
    facts = DiskFacts("d-1", "data", DiskKind.DATA, category, 20, "In_use", "i-1", True, True)
    assert is_local(category) is facts.local
