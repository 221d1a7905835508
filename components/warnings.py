"""What a declaration leads to that its author may not expect. Imports the domain and the stacks only."""

from collections.abc import Iterator
from datetime import timedelta

from ecs_release.domain.schedule import span
from stacks.schema import Group


def _instances(count: int) -> str:
    return "1 instance" if count == 1 else f"{count} instances"


def schedule_warnings(name: str, spec: Group, max_lifetime: timedelta | None = None) -> Iterator[str]:
    """What the cloud does when the release time falls due, one line each; nothing without a time."""
    if not spec.count:
        return
    if spec.release.schedule is None:
        if max_lifetime is not None:
            yield (
                f"{name}: nothing is scheduled; max_lifetime {span(max_lifetime)} bounds release times and"
                " releases nothing by itself"
            )
        return
    if not spec.release.is_timed:
        return
    when = f"at {spec.release.timing}" if spec.release.key == "at" else str(spec.release.timing)
    at = f"{name}: {when} the cloud releases {_instances(spec.count)} by itself"
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
