"""Release runs over random worlds: killed after any call, repeated, and never wrong."""

import contextlib
import itertools
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from ecs_release.domain.facts import Status
from ecs_release.runner.journal import Journal
from ecs_release.runner.observe import Errand, Sightings
from ecs_release.runner.run import Outcome, ReleaseRun, Tools
from tests.unit.domain.worlds import NOW, data_disk, disk, instance, record
from tests.unit.fake_gateway import FakeGateway, Killed

instances = some.lists(
    some.tuples(some.sampled_from([Status.RUNNING, Status.STOPPED]), some.booleans(), some.integers(0, 9)),
    min_size=1,
    max_size=5,
)


def world(shape: list[tuple[Status, bool, int]]) -> FakeGateway:
    """Instances with a disk to keep whose flag may be wrong; one in ten is protected."""
    made = []
    for number, (status, flagged, chance) in enumerate(shape):
        id_ = f"i-{number}"
        disks = (disk(id_), data_disk(id_, delete_with_instance=flagged))
        protected = chance == 0
        made.append(instance(id_, f"web-{number}", status=status, deletion_protection=protected, disks=disks))
    return FakeGateway(*made)


def run(gateway: Any, members: dict[str, str]) -> Outcome:
    """One run in a process of its own: it remembers nothing of the one before."""
    clock = itertools.count(0.0, 0.01)
    recorded = record(members)
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder), "web", lambda: NOW)
        tools = Tools(lambda _: None, lambda: next(clock), lambda _: None, sightings=Sightings())
        return ReleaseRun(Errand(recorded, recorded.terms), gateway, journal, tools).run()


@given(instances, some.integers(-1, 4))
def test_killed_anywhere_and_repeated(shape: list[tuple[Status, bool, int]], killed_after: int) -> None:
    gateway = world(shape)
    members = {facts.name: id_ for id_, facts in gateway.instances.items()}
    protected = any(facts.deletion_protection for facts in gateway.instances.values())
    gateway.killed_after = killed_after
    with contextlib.suppress(Killed):
        run(gateway, members)
    outcome = run(gateway, members)
    released = Counter(id_ for method, ids in gateway.calls if method == "release_instances" for id_ in ids)
    if protected:
        assert not outcome.done
        assert gateway.calls == []
    else:
        assert outcome.done
        assert gateway.instances == {}
        assert released == Counter(members.values())
        assert not any(disk.delete_with_instance for disk in gateway.disks.values() if disk.name == "data")
