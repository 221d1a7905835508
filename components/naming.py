"""Logical names, which are contracts, because the state refers to them, and names shown in the console.

Imports pulumi for the stack's name. Imported by the components beside it.
"""

import hashlib
import re

import pulumi

# Not the stack's name: a renamed stack would be declared anew, network and all.
ENVIRONMENT = "environment"


def shown_name(logical: str) -> str:
    """The name that the console shows; a renamed stack renames it in place."""
    return f"{pulumi.get_stack()}-{logical}"


def member_names(group: str, count: int) -> tuple[str, ...]:
    """The members of a group: web-0, web-1."""
    # By position, so that a smaller count takes the last ones and renames nobody.
    return tuple(f"{group}-{position}" for position in range(count))


def sweep_name(group: str) -> str:
    """The logical name of a group's Sweep."""
    return f"{group}-sweep"


def teardown_name(group: str) -> str:
    """The logical name of a group's Teardown."""
    return f"{group}-teardown"


def disk_release_name(group: str) -> str:
    """The logical name of a group's DiskRelease."""
    return f"{group}-disk-release"


def schedule_name(group: str) -> str:
    """The logical name of a group's ReleaseSchedule."""
    return f"{group}-release-schedule"


def gate_name(environment: str) -> str:
    """The logical name of an environment's Gate."""
    return f"{environment}-gate"


def audit_name(owner: str) -> str:
    """The logical name of the ReleaseAudit of a group or an environment."""
    return f"{owner}-audit"


def rule_name(logical: str) -> str:
    """The name of an event rule, which is its id on a bus that all stacks of the account share."""
    return _fitted(f"{pulumi.get_project()}-{pulumi.get_stack()}-{logical}", "[^A-Za-z0-9-]", 127)


def trail_name(logical: str) -> str:
    """The name of a trail, its id in the account."""
    return _fitted(f"release-{pulumi.get_project()}-{pulumi.get_stack()}-{logical}", "[^a-z0-9_-]", 36)


def _fitted(name: str, strange: str, longest: int) -> str:
    fitted = re.sub(strange, "-", name)
    if fitted == name and len(name) <= longest:
        return name
    # What was cut or written otherwise may have told two stacks apart.
    return f"{fitted[: longest - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
