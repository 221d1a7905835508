"""No false difference and none missed, over all pairs of minutes of a day."""

from datetime import UTC, datetime, timedelta

from ecs_release.domain.schedule import Schedule
from ecs_release.gateway.mapping import parse_time
from ecs_release.provider.timing import Timing
from ecs_release.runner.records import minute, parse_minute
from tests.unit.domain.worlds import instance

MIDNIGHT = datetime(2030, 6, 1, tzinfo=UTC)
MINUTES = [MIDNIGHT + timedelta(minutes=number) for number in range(1440)]
BEFORE = MIDNIGHT - timedelta(days=1)


def as_the_cloud_tells(when: datetime) -> datetime | None:
    """A time on its way through the cloud, which is sent seconds and answers without."""
    return parse_time(when.strftime("%Y-%m-%dT%H:%MZ"))


def test_every_minute_is_kept_and_read_as_itself() -> None:
    texts = [minute(when) for when in MINUTES]
    assert [parse_minute(text) for text in texts] == MINUTES
    assert [as_the_cloud_tells(when) for when in MINUTES] == MINUTES
    assert len(set(texts)) == 1440


def test_a_declared_minute_differs_from_every_other_and_not_from_itself() -> None:
    facts = {
        f"i-{number}": instance(f"i-{number}", "web", auto_release_at=as_the_cloud_tells(when))
        for number, when in enumerate(MINUTES)
    }
    members = {f"web-{number}": f"i-{number}" for number in range(1440)}
    pairs = 0
    for number, declared in enumerate(MINUTES):
        schedule = Schedule(at=parse_minute(minute(declared)))
        timing = Timing("web", schedule, members, facts, BEFORE, BEFORE)
        differing = {member for member, _ in timing.differing}
        assert members.keys() - differing == {f"web-{number}"}
        pairs += len(members)
    assert pairs == 1440 * 1440
