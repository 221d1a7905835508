"""The group that an environment file needs for instances that exist already, as YAML.

Imports the domain, pydantic, yaml and its siblings. What the environment cannot express is said in notes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from ecs_release.domain.facts import OUR_TAGS, Charge, DiskFacts, DiskKind, InstanceFacts
from stacks.problems import problems_of
from stacks.schema import Group

AUTO_RENEWAL = "AutoRenewal"
SYSTEM_TAGS = ("acs:", "aliyun")


@dataclass(frozen=True, slots=True)
class AdoptedGroup:
    """The text of a group, and notes about what it does not say; `problems` keep it from being loaded."""

    text: str
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def adopted_group(name: str, first: int, instances: Sequence[InstanceFacts]) -> AdoptedGroup:
    """The group for these instances, which become members from position `first` on."""
    model = instances[0]
    data = {
        "count": first + len(instances),
        "instance_type": model.instance_type,
        "image": model.image_id,
        **({"key_pair": model.key_pair} if model.key_pair else {}),
        **({"tags": tags} if (tags := _common_tags(instances)) else {}),
        "charge": _charge(model),
        **_protection(instances),
        "system_disk": _system_disk(instances),
        **({"data_disks": disks} if (disks := list(_data_disks(instances))) else {}),
        **_public_ip(model),
        "adopt": {f"{name}-{first + at}": facts.instance_id for at, facts in enumerate(instances)},
    }
    text = yaml.safe_dump({name: data}, sort_keys=False, allow_unicode=True)
    return AdoptedGroup(text, tuple(_notes(instances)), tuple(_problems(name, data)))


def _problems(name: str, data: dict[str, Any]) -> Iterator[str]:
    try:
        Group.model_validate(data)
    except ValidationError as error:
        yield from (
            f"{each.key}: {each.value}: {each.allowed}" for each in problems_of(error, name, data, Group)
        )


def _charge(facts: InstanceFacts) -> dict[str, Any]:
    if facts.charge is not Charge.SUBSCRIPTION:
        return {"type": facts.charge.value}
    renewed = facts.renewal == AUTO_RENEWAL
    return {"type": facts.charge.value, "period": 1, "unit": "month", "auto_renew": renewed}


def _protection(instances: Sequence[InstanceFacts]) -> dict[str, bool]:
    if instances[0].charge is not Charge.PAY_AS_YOU_GO:
        return {}
    return {"deletion_protection": all(facts.deletion_protection for facts in instances)}


def _own_tags(facts: InstanceFacts) -> dict[str, str]:
    return {
        key: value
        for key, value in facts.tags
        if key not in OUR_TAGS and not key.lower().startswith(SYSTEM_TAGS)
    }


def _common_tags(instances: Sequence[InstanceFacts]) -> dict[str, str]:
    common = set(_own_tags(instances[0]).items())
    for facts in instances[1:]:
        common &= set(_own_tags(facts).items())
    return dict(sorted(common))


def _system_disk(instances: Sequence[InstanceFacts]) -> dict[str, Any]:
    disks = [disk for facts in instances for disk in facts.disks if disk.kind is DiskKind.SYSTEM]
    return {} if not disks else _disk(disks)


def _data_disks(instances: Sequence[InstanceFacts]) -> Iterator[dict[str, Any]]:
    for name in sorted({disk.name for disk in _named(instances)}):
        same = [disk for disk in _named(instances) if disk.name == name]
        yield {"name": name, **_disk(same)}


def _named(instances: Sequence[InstanceFacts]) -> list[DiskFacts]:
    """The data disks that a declaration can name: by a name that no other of their instance has."""
    named = []
    for facts in instances:
        data = [disk for disk in facts.disks if disk.kind is DiskKind.DATA]
        names = Counter(disk.name for disk in data)
        named += [disk for disk in data if disk.name and names[disk.name] == 1]
    return named


def _disk(same: Sequence[DiskFacts]) -> dict[str, Any]:
    return {
        "category": same[0].category,
        "size_gib": same[0].size_gib,
        # As found, and where they differ the flag that loses nothing.
        "release_with_instance": all(disk.delete_with_instance for disk in same),
        "release_auto_snapshots": all(disk.delete_auto_snapshot for disk in same),
    }


def _public_ip(facts: InstanceFacts) -> dict[str, Any]:
    if not facts.public_ips or not facts.bandwidth_mbps:
        return {}
    return {"public_ip": {"bandwidth_mbps": facts.bandwidth_mbps, "on_release": "release"}}


def _notes(instances: Sequence[InstanceFacts]) -> Iterator[str]:
    common = _common_tags(instances)
    named = {disk.disk_id for disk in _named(instances)}
    for facts in instances:
        lost = sorted(key for key, value in _own_tags(facts).items() if common.get(key) != value)
        if lost:
            yield f"{facts.instance_id}: `pulumi up` takes off tags that others lack: {', '.join(lost)}"
        if facts.auto_release_at:
            at = f"{facts.auto_release_at:%Y-%m-%dT%H:%MZ}"
            yield f"{facts.instance_id}: `pulumi up` cancels its release at {at}, if no schedule is declared"
        nameless = [disk.disk_id for disk in facts.disks if _cannot_be_named(disk, named)]
        if nameless:
            yield (
                f"{facts.instance_id}: {', '.join(nameless)} cannot be declared, for want of a name of their"
                " own; a release keeps them"
            )
    yield from _of_network(instances)


def _cannot_be_named(disk: DiskFacts, named: Iterable[str]) -> bool:
    return disk.kind is DiskKind.DATA and disk.disk_id not in named and not disk.local


def _of_network(instances: Sequence[InstanceFacts]) -> Iterator[str]:
    vswitches = sorted({facts.vswitch_id for facts in instances if facts.vswitch_id})
    groups = sorted({group for facts in instances for group in facts.security_group_ids})
    yield (
        f"they stay in {', '.join(vswitches)} with {', '.join(groups)}; new members go where the"
        " environment's network says"
    )
