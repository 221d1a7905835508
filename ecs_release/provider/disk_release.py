"""DiskRelease: keeps the flags that decide whether a disk dies with its instance.

Imports pulumi, runner, gateway and domain. The import path of DiskReleaseProvider is a
contract. The flags are live in the cloud at all times, because a scheduled release happens
there without us.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    UpdateResult,
)

from ecs_release.domain.disks import matched
from ecs_release.domain.facts import GROUP_TAG, PROJECT_TAG, STACK_TAG, DiskFacts
from ecs_release.domain.terms import DeclaredDisk
from ecs_release.gateway.errors import CloudError
from ecs_release.gateway.gateway import Gateway
from ecs_release.provider.base import (
    CloudProvider,
    check_account_or_warn,
    check_place,
    resource_id,
    stored,
    warn,
)
from ecs_release.provider.boundary import (
    difference,
    guarded,
    inputs_of,
    is_known,
    known_members,
    refuse,
    wish_differs,
)
from ecs_release.provider.session import SESSION, say
from ecs_release.runner.records import parse_disks

INPUTS = ("project", "stack", "group", "group_id", "account", "cloud", "members", "disks")
# What cannot be changed on a living instance; flags can.
SHAPE = ("name", "kind", "category", "size_gib")
Pair = tuple[DiskFacts, DeclaredDisk | None]


class DiskReleaseProvider(CloudProvider):
    """Sets DeleteWithInstance and DeleteAutoSnapshot of every declared disk."""

    @guarded
    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Refuses a disk that was added, removed or resized on a member that exists."""
        failures = list(_shape_failures(olds, news)) if is_known(news.get("disks")) else []
        return CheckResult(news, failures)

    @guarded
    def create(self, props: dict[str, Any]) -> CreateResult:
        """Sets the flags of all members' disks and reads them back."""
        _set_flags(props)
        return CreateResult(resource_id(props, "disk-release"), stored(props))

    @guarded
    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Wanted against recorded flags and members."""
        return difference(wish_differs(olds, news))

    @guarded
    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Sets what differs and reads it back."""
        _set_flags(news)
        return UpdateResult(stored(news))

    @guarded
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Shows drift: a flag flipped, a disk attached or gone."""
        seen = {**props, "disks": _disks_as_seen(props)} if check_account_or_warn(props) else props
        return ReadResult(id_, seen, inputs_of(seen, INPUTS))

    @guarded
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Nothing: the flags stay as they are until the release."""


def _shape_failures(olds: dict[str, Any], news: dict[str, Any]) -> Iterator[CheckFailure]:
    if not olds or _shapes(olds) == _shapes(news):
        return
    old_ids, new_ids = known_members(olds), known_members(news)
    staying = [f"{name} {id_}" for name, id_ in new_ids.items() if old_ids.get(name) == id_]
    # The stock provider would replace the instance for it, which is not what a disk edit says.
    if staying:
        yield CheckFailure(
            "disks",
            f"{news.get('group')}: {', '.join(staying)} exist, and a disk was added, removed or resized in"
            f" the declaration ({_changed_shapes(olds, news)}); declare the disks as they were, or replace"
            " the instances with `pulumi up --replace URN`",
        )


def _shapes(properties: dict[str, Any]) -> set[tuple[Any, ...]]:
    return {tuple(disk.get(key) for key in SHAPE) for disk in properties.get("disks") or []}


def _changed_shapes(olds: dict[str, Any], news: dict[str, Any]) -> str:
    changed = sorted(str(shape[0]) for shape in _shapes(olds) ^ _shapes(news))
    return ", ".join(dict.fromkeys(changed))


def _pairs(props: dict[str, Any], gateway: Gateway) -> list[Pair]:
    declared = parse_disks(props.get("disks"))
    members = known_members(props)
    by_instance: dict[str, list[DiskFacts]] = {id_: [] for id_ in members.values()}
    for disk in gateway.disks_of(sorted(by_instance)) if by_instance else ():
        by_instance.setdefault(disk.instance_id, []).append(disk)
    pairs: list[Pair] = []
    for member, instance_id in sorted(members.items()):
        found = matched(by_instance[instance_id], declared)
        if found:
            _say_difference(f"{props.get('group')}: {member} {instance_id}", found, declared)
        pairs += found
    return pairs


def _say_difference(who: str, found: tuple[Pair, ...], declared: tuple[DeclaredDisk, ...]) -> None:
    for disk, declaration in found:
        if declaration is None:
            say(f"{who}: disk {disk.disk_id} is declared nowhere; a release keeps it")
    seen = {declaration for _, declaration in found}
    for declaration in declared:
        if declaration not in seen:
            say(f"{who}: the declared disk {declaration.name} is not attached")


def _set_flags(props: dict[str, Any]) -> None:
    gateway = SESSION.gateway(check_place(str(props.get("group")), props))
    pairs = _pairs(props, gateway)
    wrong = [pair for pair in pairs if _differs(*pair)]
    batches: dict[tuple[bool, bool], list[str]] = defaultdict(list)
    for disk, declaration in wrong:
        if declaration is not None:
            flags = (declaration.release_with_instance, declaration.release_auto_snapshots)
            batches[flags].append(disk.disk_id)
    for (with_instance, auto_snapshots), disk_ids in sorted(batches.items()):
        gateway.set_disk_flags(
            disk_ids, delete_with_instance=with_instance, delete_auto_snapshot=auto_snapshots
        )
    if wrong:
        _check_set(props, gateway)
    _tag_disks_that_stay(props, pairs, gateway)


def _tag_disks_that_stay(props: dict[str, Any], pairs: list[Pair], gateway: Gateway) -> None:
    """Says on each disk whose it was: a schedule releases without us, and a journal can be lost."""
    tags = {PROJECT_TAG: str(props.get("project")), STACK_TAG: str(props.get("stack"))}
    tags[GROUP_TAG] = str(props.get("group"))
    staying = [disk for disk, declaration in pairs if declaration and not declaration.release_with_instance]
    untagged = [disk.disk_id for disk in staying if not tags.items() <= dict(disk.tags).items()]
    try:
        gateway.tag_disks(untagged, tags)
    # The disk stays all the same; only finding it later is harder.
    except CloudError as error:
        say(f"{props.get('group')}: {', '.join(untagged)} could not be tagged: {error}")


def _check_set(props: dict[str, Any], gateway: Gateway) -> None:
    unset = [disk.disk_id for disk, declaration in _pairs(props, gateway) if _differs(disk, declaration)]
    if unset:
        refuse(
            [
                f"{props.get('group')}: the flags of {', '.join(unset)} are not as they were set",
                "  to do: see whether the disks can outlive their instance, then run `pulumi up` again",
            ]
        )


def _differs(disk: DiskFacts, declaration: DeclaredDisk | None) -> bool:
    # Neither local nor multi-attach disks have a flag that could be set.
    if declaration is None or disk.local or disk.multi_attach:
        return False
    flags = (disk.delete_with_instance, disk.delete_auto_snapshot)
    return flags != (declaration.release_with_instance, declaration.release_auto_snapshots)


def _disks_as_seen(props: dict[str, Any]) -> list[dict[str, Any]]:
    """The declared disks, with the flags of the first disk in the cloud that differs from them."""
    drifted: dict[str, DiskFacts] = {}
    for disk, declaration in _pairs_or_warn(props):
        if declaration is not None and _differs(disk, declaration):
            drifted.setdefault(declaration.name, disk)
            say(f"{props.get('group')}: disk {disk.disk_id} of {disk.instance_id}: flags changed by hand")
    return [_as_seen(disk, drifted.get(disk["name"])) for disk in props.get("disks") or []]


def _pairs_or_warn(props: dict[str, Any]) -> list[Pair]:
    group = str(props.get("group"))
    try:
        return _pairs(props, SESSION.gateway(check_place(group, props)))
    except CloudError as error:
        warn(group, error)
        return []


def _as_seen(declared: dict[str, Any], disk: DiskFacts | None) -> dict[str, Any]:
    if disk is None:
        return declared
    flags = {
        "release_with_instance": disk.delete_with_instance,
        "release_auto_snapshots": disk.delete_auto_snapshot,
    }
    return {**declared, **flags}
