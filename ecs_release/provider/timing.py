"""The release times of a group: what the cloud has against what is declared.

Imports runner, gateway and domain. Times are compared as minutes, never as strings of whatever form.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecs_release.domain.facts import Charge, InstanceFacts
from ecs_release.domain.schedule import Schedule, has_not_fired, obstacle, wanted
from ecs_release.gateway.gateway import Gateway
from ecs_release.provider.base import check_place
from ecs_release.provider.boundary import known_members
from ecs_release.provider.session import SESSION
from ecs_release.runner.schedules import parse_schedule


@dataclass(frozen=True, slots=True)
class Timing:
    """One look at the members of a group; `members` maps names to ids, `seen` ids to facts.

    `now` is the program's clock where it is set, `cloud_now` the cloud's.
    """

    group: str
    schedule: Schedule
    members: Mapping[str, str]
    seen: Mapping[str, InstanceFacts]
    now: datetime
    cloud_now: datetime

    @property
    def timed(self) -> Iterator[tuple[str, InstanceFacts]]:
        """The members that were seen and can have a release time."""
        for member, instance_id in self.members.items():
            facts = self.seen.get(instance_id)
            # A subscription has no release time to compare.
            if facts is not None and facts.charge is not Charge.SUBSCRIPTION:
                yield member, facts

    @property
    def missing(self) -> dict[str, str]:
        """The members that were not seen, with their ids."""
        return {name: id_ for name, id_ in self.members.items() if id_ not in self.seen}

    @property
    def armed(self) -> dict[str, datetime | None]:
        """The release time of each member, as the cloud has it."""
        return {member: facts.auto_release_at for member, facts in self.timed}

    @property
    def unfired(self) -> tuple[tuple[str, InstanceFacts], ...]:
        """The members that are there although the cloud should have released them."""
        # By the cloud's clock: a preview of a later time has not come yet.
        return tuple(
            (member, facts)
            for member, facts in self.timed
            if has_not_fired(self.schedule, facts, self.cloud_now)
        )

    @property
    def leaving(self) -> tuple[tuple[str, InstanceFacts], ...]:
        """The members that the cloud releases between its own time and the program's."""
        return tuple(
            (member, facts)
            for member, facts in self.timed
            if facts.auto_release_at and self.cloud_now < facts.auto_release_at <= self.now
        )

    @property
    def differing(self) -> tuple[tuple[str, InstanceFacts], ...]:
        """The members whose time is not the wanted one."""
        away = {facts.instance_id for _, facts in self.leaving}
        return tuple(
            (member, facts)
            for member, facts in self.timed
            if facts.instance_id not in away and facts.auto_release_at != self.wanted(facts)
        )

    def wanted(self, facts: InstanceFacts) -> datetime | None:
        """The time that a member should have."""
        return wanted(self.schedule, facts, self.now)

    def obstacle(self, facts: InstanceFacts) -> str:
        """Why the wanted time cannot be set on a member, "" when it can."""
        return obstacle(self.schedule, facts, self.now)

    def shown(self, when: datetime | None) -> str:
        """A time in the owner's zone."""
        return self.schedule.shown(when)


def look(props: Mapping[str, Any], *, just_read: bool = False) -> Timing | None:
    """The times of the known members, None when there are none; raises CloudError and refuses.

    Members that are not known yet are left out. With `just_read`, what `hand_over` has kept will do.
    """
    group, members = str(props.get("group")), known_members(props)
    gateway: Gateway = SESSION.gateway(check_place(group, props))
    if not members:
        return None
    kept = SESSION.handover.take(frozenset(members.values())) if just_read else None
    found = kept or gateway.find_instances(sorted(members.values()))
    seen = {facts.instance_id: facts for facts in found}
    cloud_now = gateway.cloud_time()
    return Timing(group, parse_schedule(props), members, seen, SESSION.now or cloud_now, cloud_now)


def hand_over(timing: Timing) -> None:
    """Keeps what was seen for the next look of this operation, if that comes soon."""
    SESSION.handover.give(frozenset(timing.members.values()), tuple(timing.seen.values()))
