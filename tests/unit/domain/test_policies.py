"""Policy documents out of a small table, and what holds for them whatever is declared."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_release.domain.facts import Charge
from ecs_release.domain.policies import (
    Document,
    policy,
    protector_policy,
    releaser_policy,
    role_problems,
)
from ecs_release.domain.rights import (
    Action,
    Command,
    Demand,
    Duty,
    Grant,
    GroupNeeds,
    Scope,
    StackNeeds,
    rights_of,
)
from ecs_release.domain.terms import (
    Backup,
    OnActiveSubscription,
    OnProtected,
    OnPublicIp,
    ReleaseTerms,
    Shutdown,
)

ENDS = frozenset({Command.DESTROY, Command.UP})
TAGS = "acs:ResourceTag/ecs-release"
TABLE = (
    Action("DescribeInstances", "ecs", "ecs:DescribeInstances", (Grant(frozenset(Command)),)),
    Action(
        "DeleteInstances",
        "ecs",
        "ecs:DeleteInstances",
        (Grant(ENDS, kinds=("instance",), scope=Scope.TAGGED),),
        changes=True,
        duty=Duty.RELEASES,
    ),
    Action(
        "RefundInstance",
        "bss",
        "bss:Refund",
        (Grant(ENDS, Demand.REFUND),),
        changes=True,
        duty=Duty.RELEASES,
        aliases=("bssapi:RefundInstance",),
    ),
    Action(
        "ModifyInstanceAttribute",
        "ecs",
        "ecs:ModifyInstanceAttribute",
        (Grant(ENDS, Demand.LIFT, ("instance",), Scope.TAGGED),),
        changes=True,
        duty=Duty.LIFTS,
    ),
    Action(
        "CreateSnapshot",
        "ecs",
        "ecs:CreateSnapshot",
        (Grant(ENDS, Demand.SNAPSHOTS, ("disk", "snapshot"), Scope.TAGGING),),
        changes=True,
    ),
    Action(
        "TagResources",
        "ecs",
        "ecs:TagResources",
        (
            Grant(ENDS, kinds=("instance",), scope=Scope.TAGGED),
            Grant(frozenset({Command.UP}), kinds=("instance",)),
        ),
        changes=True,
    ),
    Action("DeleteVpc", "vpc", "vpc:DeleteVpc", (Grant(ENDS, Demand.MADE_NETWORK, ("vpc",)),), changes=True),
    Action("WhoAmI", "sts", "", (Grant(frozenset(Command)),)),
)
LIFTING = GroupNeeds("web", ReleaseTerms(on_protected=OnProtected.LIFT))
PLAIN = GroupNeeds("db")
groups = st.lists(
    st.builds(
        GroupNeeds,
        st.sampled_from(["web", "db", "batch"]),
        st.builds(
            ReleaseTerms,
            on_protected=st.sampled_from(OnProtected),
            on_active_subscription=st.sampled_from(OnActiveSubscription),
            backup=st.sampled_from(Backup),
            shutdown=st.sampled_from(Shutdown),
            on_public_ip=st.sampled_from(OnPublicIp),
        ),
        st.sampled_from(Charge),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    max_size=3,
    unique_by=lambda group: group.name,
)


def stack(*members: GroupNeeds, made: bool = False) -> StackNeeds:
    return StackNeeds("shop", "prod", "cn-hangzhou", members, made)


needs = st.builds(lambda members, made: stack(*members, made=made), groups, st.booleans())


def allowed(document: Document, right: str) -> list[dict[str, Any]]:
    return [one for one in statements(document, "Allow") if right in one["Action"]]


def statements(document: Document, effect: str) -> Iterator[dict[str, Any]]:
    return (one for one in document["Statement"] if one["Effect"] == effect)


def test_a_document_for_a_destroy() -> None:
    document = policy(TABLE, Command.DESTROY, stack(LIFTING, PLAIN, made=True))
    tags = {f"{TAGS}:project": "shop", f"{TAGS}:stack": "prod"}
    instances = ["acs:ecs:cn-hangzhou:*:instance/*"]
    assert document == {
        "Version": "1",
        "Statement": [
            {"Effect": "Allow", "Action": ["ecs:DescribeInstances"], "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": ["ecs:DeleteInstances", "ecs:TagResources"],
                "Resource": instances,
                "Condition": {"StringEquals": tags},
            },
            {
                "Effect": "Allow",
                "Action": ["ecs:ModifyInstanceAttribute"],
                "Resource": instances,
                "Condition": {"StringEquals": {**tags, f"{TAGS}:group": ["web"]}},
            },
            {"Effect": "Allow", "Action": ["vpc:DeleteVpc"], "Resource": ["acs:vpc:cn-hangzhou:*:vpc/*"]},
        ],
    }


def test_what_is_made_is_narrowed_by_the_tags_that_it_is_told() -> None:
    backed_up = GroupNeeds("db", ReleaseTerms(backup=Backup.SNAPSHOTS))
    (statement,) = allowed(policy(TABLE, Command.DESTROY, stack(backed_up)), "ecs:CreateSnapshot")
    assert statement["Resource"] == [f"acs:ecs:cn-hangzhou:*:{kind}/*" for kind in ("disk", "snapshot")]
    assert statement["Condition"]["StringEquals"]["acs:RequestTag/ecs-release:group"] == ["db"]


def test_a_right_is_not_named_again_where_a_wider_one_is_there() -> None:
    (statement,) = allowed(policy(TABLE, Command.UP, stack()), "ecs:TagResources")
    assert "Condition" not in statement


def test_a_command_without_a_call_needs_nothing() -> None:
    assert policy(TABLE[1:], Command.JOURNAL, stack(LIFTING))["Statement"] == []


@given(needs, st.sampled_from(Command))
def test_a_document_allows_just_the_rights_of_the_command(declared: StackNeeds, command: Command) -> None:
    document = policy(TABLE, command, declared)
    named = {right for one in document["Statement"] for right in one["Action"]}
    assert named == rights_of(TABLE, command, declared)
    assert list(statements(document, "Deny")) == []


@given(needs)
def test_the_roles_share_no_right_that_changes_anything(declared: StackNeeds) -> None:
    documents = [make(TABLE, declared) for make in (releaser_policy, protector_policy)]
    gives, refuses = (
        [{right for one in statements(each, effect) for right in one["Action"]} for each in documents]
        for effect in ("Allow", "Deny")
    )
    assert gives[0] & gives[1] == {"ecs:DescribeInstances"}
    assert [gives[0] & refuses[0], gives[1] & refuses[1]] == [set(), set()]
    assert {"ecs:DeleteInstance", "ecs:DeleteInstances"} <= gives[0] & refuses[1]
    assert "ecs:ModifyInstanceAttribute" in gives[1] & refuses[0]
    assert {"bss:Refund", "bssapi:RefundInstance"} <= refuses[1]


@given(needs)
def test_what_a_role_must_not_do_it_must_not_do_anywhere(declared: StackNeeds) -> None:
    for make in (releaser_policy, protector_policy):
        for one in statements(make(TABLE, declared), "Deny"):
            assert (one["Resource"], "Condition" in one) == ("*", False)


@pytest.mark.parametrize(("group", "named"), [(LIFTING, ["web"]), (PLAIN, [])])
def test_a_group_that_lifts_by_itself_contradicts_separate_roles(group: GroupNeeds, named: list[str]) -> None:
    lines = list(role_problems(stack(group)))
    assert [line.split(".")[1] for line in lines] == named
    assert all("declare refuse" in line for line in lines)
