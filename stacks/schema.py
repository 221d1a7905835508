"""The environment: what a stack declares; the one place to import its parts from.

Imports the domain, pydantic and its siblings. Imported by `load`, `reference`, components, and
programs of one's own.
"""

from pydantic import ValidationInfo
from pydantic import field_validator as check

from ecs_release.domain.schedule import span
from stacks.audit import AUDIT_ALLOWED, Audit, Trail
from stacks.disks import DataDisk, SystemDisk
from stacks.fields import MOST_USER_TAGS, GroupName, Tags, not_allowed
from stacks.group import ADOPT_ALLOWED, TAGS_ALLOWED, Group
from stacks.parts import (
    Closed,
    ExistingNetwork,
    MadeNetwork,
    NetworkForm,
    PayAsYouGo,
    Spot,
    Subscription,
    option,
)
from stacks.release import PublicIp, Release
from stacks.schedule import SHORTEST_AFTER, After, AtExpiry, Daily, Schedule
from stacks.times import SPAN_ALLOWED, Duration

__all__ = [
    "After",
    "AtExpiry",
    "Audit",
    "Daily",
    "DataDisk",
    "Environment",
    "ExistingNetwork",
    "Group",
    "MadeNetwork",
    "PayAsYouGo",
    "PublicIp",
    "Release",
    "Schedule",
    "Spot",
    "Subscription",
    "SystemDisk",
    "Trail",
]

# Shorter than the API's names, because members and resources add to them.
GROUPS_ALLOWED = (
    "a map from names to groups; a name has 1 to 40 lower-case letters, digits and dashes, first a letter"
    " and last no dash"
)


class Environment(Closed):
    """Everything that a stack declares."""

    max_lifetime: Duration | None = option(
        "No release time, declared or set by `ecs-release extend`, may be later than this after its"
        " instance's creation. It releases nothing by itself. Left out: no limit.",
        f"{SPAN_ALLOWED}; at least 40m",
        None,
        ge=SHORTEST_AFTER,
    )
    network: NetworkForm = option(
        "Where the instances are.", "{cidr, zone} (made) or {vswitch, security_groups} (existing)"
    )
    audit: Audit | None = option(
        "Who is told when somebody ends an instance, and where it is recorded. Left out: nobody, nowhere.",
        AUDIT_ALLOWED,
        None,
    )
    tags: Tags = option("Tags of every instance.", TAGS_ALLOWED, {}, max_length=MOST_USER_TAGS)
    groups: dict[GroupName, Group] = option(
        "The groups by name. One that leaves the map is released.", GROUPS_ALLOWED
    )

    @check("groups")
    @classmethod
    def check_lifetimes(cls, value: dict[str, Group], info: ValidationInfo) -> dict[str, Group]:
        """A duration longer than what is allowed would be refused for every member."""
        longest = info.data.get("max_lifetime")
        for name, group in value.items():
            after = group.release.timing.after
            if longest is not None and after is not None and after > longest:
                raise not_allowed(
                    f"at most max_lifetime, {span(longest)}", name, "release", "schedule", "after"
                )
        return value

    @check("groups")
    @classmethod
    def check_tags_fit(cls, value: dict[str, Group], info: ValidationInfo) -> dict[str, Group]:
        """An instance carries both maps and ours."""
        for name, group in value.items():
            # Judged together, because the limit is the instance's.
            merged = {**info.data.get("tags", {}), **group.tags}
            if len(merged) > MOST_USER_TAGS:
                allowed = f"at most {MOST_USER_TAGS} tags together with those of the environment"
                raise not_allowed(allowed, name, "tags")
        return value

    @check("groups")
    @classmethod
    def check_adopted(cls, value: dict[str, Group]) -> dict[str, Group]:
        """Only members can be adopted, and each instance once."""
        taken: set[str] = set()
        for name, group in value.items():
            members = {f"{name}-{position}" for position in range(group.count)}
            for member, instance_id in group.adopt.items():
                if member not in members:
                    raise not_allowed(ADOPT_ALLOWED, name, "adopt", member)
                if instance_id in taken:
                    raise not_allowed("an instance that no other member adopts", name, "adopt", member)
                taken.add(instance_id)
        return value
