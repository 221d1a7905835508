"""Every state and term once more, by a RAM user who has just the generated rights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest_mock import MockerFixture

from ecs_release.domain.facts import Charge
from ecs_release.gateway.gateway import Gateway
from tests.properties.releaser import act_as_releaser, destroy_policy, needs, refused_calls
from tests.properties.shop import Shop, errand_of, released
from tests.properties.test_every_state_and_term import CASES, Row, test_what_a_release_comes_to

__all__ = ["CASES"]
check = test_what_a_release_comes_to
del test_what_a_release_comes_to


@pytest.mark.parametrize(("row", "terms", "reason"), CASES)
def test_it_comes_to_the_same_with_just_the_generated_rights(
    shop: Shop, mocker: MockerFixture, tmp_path: Path, row: Row, terms: dict[str, str], reason: str
) -> None:
    charge = Charge.SUBSCRIPTION if row.name.startswith("subscription") else Charge.PAY_AS_YOU_GO
    act_as_releaser(shop, mocker, destroy_policy(needs(charge, **terms)))
    check(shop, tmp_path, row, terms, reason)
    assert refused_calls(shop) == []


@pytest.mark.parametrize("terms", [{}, {"on_blocked": "release-others"}])
def test_what_goes_in_the_last_moment_stops_nobody(
    shop: Shop, mocker: MockerFixture, tmp_path: Path, terms: dict[str, Any]
) -> None:
    members = {f"web-{number}": shop.run() for number in range(3)}
    for member, instance in members.items():
        shop.tag(instance, member)
    act_as_releaser(shop, mocker, destroy_policy(needs(**terms)))
    release, (first, *_) = Gateway.release_instances, members.values()

    def released_by_somebody_first(gateway: Gateway, ids: list[str], **switches: bool) -> str:
        if first in shop.state()["instances"]:
            shop.good("DeleteInstance", {"InstanceId": first, "Force": True})
            shop.advance("PT30S")
        return release(gateway, ids, **switches)

    mocker.patch.object(Gateway, "release_instances", released_by_somebody_first)
    outcome = released(shop, errand_of(shop, members, **terms), tmp_path)
    assert outcome.done, outcome.findings
    assert shop.state()["instances"] == {}
    # What is gone has no tags, so the right that hangs on them did not hold for the batch.
    assert "DeleteInstances" in refused_calls(shop)
