"""A stack with every form of a release time on every billing method, in a zone and around a day.

Berlin's clocks change in the night before the release, Shanghai's never do.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.e2e.cloud import tags_of
from tests.e2e.conftest import Worlds
from tests.e2e.world import Groups, World, group

SPOT = {"charge": {"type": "spot"}}
MINUTE = "%Y-%m-%dT%H:%MZ"


@dataclass(frozen=True)
class Case:
    """The zone, its offset on the day of the release, when the stack is made, and the day of the week."""

    zone: str
    offset: str
    begins: str
    day: str

    @property
    def starts_at(self) -> datetime:
        return datetime.strptime(self.begins, MINUTE).replace(tzinfo=UTC)


# 20:00 on Sunday is 18:00Z there, and 19:00Z it would have been the day before.
BERLIN = Case("Europe/Berlin", "+02:00", "2027-03-27T12:00Z", "2027-03-28")
SHANGHAI = Case("Asia/Shanghai", "+08:00", "2027-03-27T06:00Z", "2027-03-28")
CASES = [BERLIN, SHANGHAI]


def local(case: Case, clock: str) -> datetime:
    """A time of day on the day of the release, in UTC."""
    return datetime.fromisoformat(f"{case.day}T{clock}:00{case.offset}").astimezone(UTC)


def schedules(case: Case, clock: str, after: str) -> Groups:
    """One instance for each form, of pay-as-you-go and of spot."""
    forms: dict[str, dict[str, Any]] = {
        "at": {"at": f"{case.day}T{clock}", "zone": case.zone},
        "after": {"after": after, "zone": case.zone},
        "daily": {"daily": clock, "zone": case.zone, "days": ["sun"]},
    }
    made: Groups = {}
    for name, schedule in forms.items():
        made[name] = group(1, release={"schedule": schedule})
        made[f"{name}-spot"] = group(1, release={"schedule": schedule}, **SPOT)
        # Spot has no deletion protection to be declared off.
        del made[f"{name}-spot"]["deletion_protection"]
    return made


def unscheduled(groups: Groups) -> Groups:
    """The same groups without a release time."""
    return {name: {**fields, "release": {}} for name, fields in groups.items()}


def armed_world(worlds: Worlds, case: Case) -> World:
    """A stack after its first `up`: 20:00 on Sunday, 30 hours after creation, Sundays at 20:00."""
    name = f"armed-{case.offset}"
    try:
        return worlds.again(name)
    except FileNotFoundError:
        pass
    world = worlds.empty()
    set_clock(world, case.starts_at)
    world.groups = schedules(case, "20:00", "30h")
    result = world.up("--parallel", "16")
    assert result.code == 0, result.output
    worlds.save(name)
    return worlds.again(name)


def set_clock(world: World, when: datetime) -> None:
    """Sets the cloud's clock and the program's; what falls due happens."""
    world.cloud.control("clock", {"set": when.strftime("%Y-%m-%dT%H:%M:%SZ")})
    world.config["ecs-release:now"] = when.strftime(MINUTE)


def times(world: World) -> dict[str, str]:
    """The release time of each group's instance, as the cloud has it."""
    return {
        tags_of(facts)["ecs-release:group"]: str(facts["AutoReleaseTime"])
        for facts in world.cloud.instances.values()
    }


def expected(world: World, fixed: datetime, hours: int) -> dict[str, str]:
    """What the cloud should have: one time for all but `after`, which counts from each creation."""
    found = {}
    for facts in world.cloud.instances.values():
        name = tags_of(facts)["ecs-release:group"]
        created = datetime.strptime(facts["CreationTime"], MINUTE).replace(tzinfo=UTC)
        due = created + timedelta(hours=hours) if name.startswith("after") else fixed
        found[name] = due.strftime(MINUTE)
    return found


def by_hand(world: World, name: str, when: datetime | None) -> str:
    """Somebody at the console sets, moves or cancels the time of a group's instance; its id."""
    (instance_id,) = [
        id_ for id_, facts in world.cloud.instances.items() if tags_of(facts)["ecs-release:group"] == name
    ]
    told = {"AutoReleaseTime": when.strftime("%Y-%m-%dT%H:%M:00Z")} if when else {}
    world.cloud.call("ModifyInstanceAutoReleaseTime", InstanceId=instance_id, **told)
    return instance_id
