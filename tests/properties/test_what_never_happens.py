"""What no plan may ever do, over random worlds."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from ecs_release.domain.facts import Charge, InstanceFacts, Status
from ecs_release.domain.plan import Answer, Plan, plan_release
from ecs_release.domain.steps import StepKind, may_terminate
from ecs_release.domain.terms import OnReplaced, ReleaseTerms
from tests.unit.domain.worlds import DATA, GROUP_ID, NOW, SYSTEM, data_disk, disk, group, instance, record

IDS = [f"i-{number}" for number in range(6)]
MEMBERS = [f"web-{number}" for number in range(4)]
locks = some.frozensets(some.sampled_from(["financial", "security", "refunded", "recycling"]), max_size=2)
expiry = some.one_of(some.none(), some.datetimes().map(lambda when: when.replace(tzinfo=NOW.tzinfo)))
terms = some.builds(
    ReleaseTerms,
    on_replaced=some.sampled_from(OnReplaced),
    max_instances=some.one_of(some.none(), some.integers(1, 5)),
)


@some.composite
def instances(draw: Any, instance_id: str) -> InstanceFacts:
    flags = some.booleans()
    own = disk(instance_id)
    extra = data_disk(
        instance_id,
        delete_with_instance=draw(flags),
        portable=draw(flags),
        multi_attach=draw(flags),
        name=draw(some.sampled_from(["data", "other"])),
    )
    return instance(
        instance_id,
        draw(some.sampled_from([*MEMBERS, ""])),
        draw(some.sampled_from([GROUP_ID, GROUP_ID, "another", ""])),
        status=draw(some.sampled_from(Status)),
        charge=draw(some.sampled_from(Charge)),
        deletion_protection=draw(flags),
        locks=draw(locks),
        expires_at=draw(expiry),
        disks=draw(some.sampled_from([(own, extra), (own,), ()])),
    )


@some.composite
def worlds(draw: Any) -> tuple[Any, ReleaseTerms]:
    seen = [draw(instances(id_)) for id_ in draw(some.lists(some.sampled_from(IDS), unique=True))]
    ids = draw(some.lists(some.sampled_from(IDS), unique=True, max_size=4))
    recorded = record(dict(zip(MEMBERS, ids, strict=False)), disks=(SYSTEM, DATA))
    wanted = {name: draw(some.sampled_from(IDS)) for name in draw(some.sets(some.sampled_from(MEMBERS)))}
    gone = draw(some.frozensets(some.sampled_from(IDS)))
    return group(recorded, *seen, gone=gone, wanted=wanted), draw(terms)


def released(plan: Plan) -> set[str]:
    return {each.instance_id for each in plan.instances if each.answer in (Answer.RELEASE, Answer.WAIT)}


@given(worlds())
def test_never_released(world: tuple[Any, ReleaseTerms]) -> None:
    facts, declared = world
    plan = plan_release(facts, declared, NOW)
    going = released(plan)
    for each in facts.observation.instances:
        if each.instance_id in going:
            assert not each.deletion_protection
            assert each.tag("ecs-release:group-id") == GROUP_ID
            assert each.instance_id not in facts.wanted.values()
            assert each.charge is not Charge.SUBSCRIPTION or may_terminate(each, NOW)
            assert each.disks
    assert going <= {each.instance_id for each in facts.observation.instances}


@given(worlds())
def test_every_instance_gets_one_answer_and_a_refusal_its_reason(world: tuple[Any, ReleaseTerms]) -> None:
    plan = plan_release(world[0], world[1], NOW)
    ids = [each.instance_id for each in plan.instances]
    assert len(ids) == len(set(ids))
    assert all(each.findings for each in plan.answered(Answer.REFUSE))
    assert not set(ids) & set(world[0].wanted.values())


@given(worlds())
def test_a_plan_is_the_same_for_the_same_facts(world: tuple[Any, ReleaseTerms]) -> None:
    assert plan_release(world[0], world[1], NOW) == plan_release(world[0], world[1], NOW)


@given(worlds())
def test_flags_move_only_towards_keeping_and_every_disk_has_one_fate(world: tuple[Any, ReleaseTerms]) -> None:
    facts = {each.instance_id: each for each in world[0].observation.instances}
    for each in plan_release(world[0], world[1], NOW).instances:
        disks = {disk.disk_id for disk in facts[each.instance_id].disks} if each.steps else set()
        lost = {thing.id for thing in each.losses if thing.kind == "disk"}
        kept = {thing.id for thing in each.survivors if thing.kind == "disk"}
        moved = {
            disk_id for step in each.steps for disk_id in step.disk_ids if step.kind is StepKind.KEEP_DISKS
        }
        assert lost | kept == disks
        assert not lost & kept
        assert moved <= kept


@given(worlds())
def test_no_more_than_max_instances_go(world: tuple[Any, ReleaseTerms]) -> None:
    plan = plan_release(world[0], world[1], NOW)
    limit = world[1].max_instances
    assert limit is None or plan.refusals or len(released(plan)) <= limit
