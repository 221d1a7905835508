"""Logical names, which are contracts, because the state refers to them, and names shown in the console.

Imports pulumi for the stack's name. Imported by the components beside it.
"""

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
