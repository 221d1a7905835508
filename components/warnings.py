"""What a declaration leads to that its author may not expect. Imports the stacks only."""

from collections.abc import Iterator

from stacks.schema import Group, Schedule


def schedule_warnings(name: str, spec: Group) -> Iterator[str]:
    """What the cloud does when the release time falls due, one line each; nothing without a time."""
    schedule = spec.release.schedule
    if not isinstance(schedule, Schedule) or not spec.count:
        return
    at = f"{name}: at {schedule.at:%Y-%m-%dT%H:%MZ} the cloud releases {spec.count} instances by itself"
    if spec.is_protected:
        yield f"{at}; deletion protection does not stop it"
    dying = [disk.name for disk in spec.data_disks if disk.release_with_instance]
    dying += ["system"] if spec.system_disk.release_with_instance else []
    if dying:
        yield f"{at}; their disks {', '.join(dying)} are lost with them, and nothing backs them up first"
    if spec.public_ip is not None:
        yield f"{at}; their fixed public addresses are lost for good"
    if spec.release.approval.value == "plan":
        yield f"{at}; it asks for no approval"
