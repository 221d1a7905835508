"""Policy documents of RAM: the least that a command needs in a stack, and the two separate roles.

Pure: imports the standard library and the domain only.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ecs_release.domain.facts import GROUP_TAG, PROJECT_TAG, STACK_TAG
from ecs_release.domain.rights import Action, Command, Demand, Duty, Grant, Scope, StackNeeds

Document = dict[str, Any]
VERSION = "1"
# A custom policy of RAM may not be longer.
LONGEST_DOCUMENT = 6144
# The console and the stock provider release one instance by this; a release run never does.
SINGLE_RELEASE = "ecs:DeleteInstance"
# The RAM code of the product that owns a kind of resource.
ROLE = "role"
OWNERS = {"vpc": "vpc", "vswitch": "vpc", "eip": "vpc", "routetable": "vpc"}
CONDITION_KEYS = {Scope.TAGGED: "acs:ResourceTag", Scope.TAGGING: "acs:RequestTag"}


@dataclass(frozen=True, slots=True, order=True)
class _Fence:
    """What a statement is narrowed to; `groups` is empty for all of the stack's."""

    kinds: tuple[str, ...]
    scope: Scope
    groups: tuple[str, ...]

    def covers(self, other: "_Fence") -> bool:
        """Whether whatever the other one allows is allowed by this one too."""
        if other == self or not (not self.kinds or set(other.kinds) <= set(self.kinds)):
            return False
        return self.scope is Scope.OPEN or (self.scope is other.scope and not self.groups)


def policy(actions: Iterable[Action], command: Command, stack: StackNeeds) -> Document:
    """The least that a command needs in a stack; without a statement where it needs nothing."""
    rights = [
        (action.right, grant)
        for action in actions
        for grant in action.grants
        if action.right and command in grant.commands
    ]
    return _document(_allowing(rights, stack))


def releaser_policy(actions: Sequence[Action], stack: StackNeeds) -> Document:
    """Who releases: everything that a destroy needs, and by no way the lifting of protection."""
    held = (Duty.LIFTS, Duty.GOES_AROUND)
    rights = [
        (action.right, grant)
        for action in actions
        for grant in action.grants
        if action.right and Command.DESTROY in grant.commands and action.duty not in held
    ]
    single = next(grant for action in actions if action.duty is Duty.RELEASES for grant in action.grants)
    rights.append((SINGLE_RELEASE, single))
    return _document([*_allowing(rights, stack), _denying(actions, held)])


def protector_policy(actions: Sequence[Action], stack: StackNeeds) -> Document:
    """Who lifts protection: that and a look, and by no way a release."""
    # Of all groups: what one of them lifts by itself is no business of a role.
    rights = [
        (action.right, replace(grant, demand=Demand.ALWAYS))
        for action in actions
        for grant in action.grants
        if action.duty is Duty.LIFTS or (action.right and Command.STATUS in grant.commands)
    ]
    denied = _denying(actions, (Duty.RELEASES, Duty.GOES_AROUND))
    denied["Action"] = sorted({SINGLE_RELEASE, *denied["Action"]})
    return _document([*_allowing(rights, stack), denied])


def role_problems(stack: StackNeeds) -> Iterator[str]:
    """What is declared and contradicts the two roles, a line for each group."""
    for name in stack.asking(Demand.LIFT) or ():
        yield (
            f"groups.{name}.release.on_protected: lift: the release would have to lift protection by itself,"
            " which is what separate roles are there to prevent; declare refuse"
        )


def _allowing(rights: Iterable[tuple[str, Grant]], stack: StackNeeds) -> list[Document]:
    fenced: dict[_Fence, set[str]] = defaultdict(set)
    for right, grant in rights:
        groups = stack.asking(grant.demand)
        if groups != ():
            fenced[_fence(grant, groups)].add(right)
    least = {fence: rights - _granted_wider(fence, fenced) for fence, rights in fenced.items()}
    return [
        {"Effect": "Allow", "Action": sorted(least[fence]), **_bounds(fence, stack)}
        for fence in sorted(least)
        if least[fence]
    ]


def _granted_wider(fence: _Fence, fenced: Mapping[_Fence, set[str]]) -> set[str]:
    return {right for other, rights in fenced.items() if other.covers(fence) for right in rights}


def _fence(grant: Grant, groups: tuple[str, ...] | None) -> _Fence:
    # Groups only tell where RAM can see whose something is.
    return _Fence(grant.kinds, grant.scope, () if grant.scope is Scope.OPEN else groups or ())


def _bounds(fence: _Fence, stack: StackNeeds) -> Document:
    if not fence.kinds:
        return {"Resource": "*"}
    resources = [arn for kind in fence.kinds for arn in _arns(kind, stack)]
    if fence.scope is Scope.OPEN:
        return {"Resource": resources}
    tags: dict[str, Any] = {PROJECT_TAG: stack.project, STACK_TAG: stack.stack}
    if fence.groups:
        tags[GROUP_TAG] = list(fence.groups)
    key = CONDITION_KEYS[fence.scope]
    condition = {"StringEquals": {f"{key}/{tag}": value for tag, value in tags.items()}}
    return {"Resource": resources, "Condition": condition}


def _arns(kind: str, stack: StackNeeds) -> Iterator[str]:
    # By name: who may pass on every role may have every right that a role has.
    if kind == ROLE:
        yield from (f"acs:ram:*:*:role/{name}" for name in stack.ram_roles)
    else:
        yield f"acs:{OWNERS.get(kind, 'ecs')}:{stack.region}:*:{kind}/*"


def _denying(actions: Iterable[Action], duties: tuple[Duty, ...]) -> Document:
    # By all its names: a Deny of one would leave the other to whoever is given more.
    names = {name for action in actions if action.duty in duties for name in (action.right, *action.aliases)}
    return {"Effect": "Deny", "Action": sorted(names), "Resource": "*"}


def _document(statements: list[Document]) -> Document:
    return {"Version": VERSION, "Statement": statements}
