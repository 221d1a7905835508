"""What the families of disks, snapshots and images read and check alike.

Imports parameters, errors and resources.
"""

from __future__ import annotations

import string
from collections.abc import Callable

from emulator import times
from emulator.errors import ApiError, incorrect_status, invalid_parameter, locked_for_security
from emulator.parameters import Parameters
from emulator.registry import Call
from emulator.resources import Disk, Instance
from emulator.resources.storage import Snapshot
from emulator.world import World

_WEB = ("http://", "https://")
_LONGEST_NAME, _LONGEST_TEXT = 128, 256
_MOST_DISKS = 17


def name_of(parameters: Parameters, key: str, code: str, reserved: tuple[str, ...] = ()) -> str:
    """Return a name of 2 to 128 letters, digits and `:_.-` that begins with a letter."""
    name = parameters.text(key)
    if not name:
        return ""
    inside = all(letter.isalnum() or letter in ":_.-" for letter in name)
    begun = name.lower().startswith((*_WEB, *reserved))
    if not 2 <= len(name) <= _LONGEST_NAME or not name[0].isalpha() or not inside or begun:
        raise ApiError(400, code, f"The specified {key} {name} is wrongly formed.")
    return name


def description_of(parameters: Parameters, default: str = "", status: int = 400, shortest: int = 2) -> str:
    """Return a description; the pages of some actions pair its refusal with 404."""
    text = parameters.text("Description", default)
    wrong = not shortest <= len(text) <= _LONGEST_TEXT or text.startswith(_WEB)
    if parameters.given("Description") and wrong:
        raise ApiError(status, "InvalidDescription.Malformed", "The specified description is wrongly formed.")
    return text


def owned_disk(call: Call, identifier: str) -> Disk:
    """Return a disk of the caller's account, or 404."""
    text = f"The specified DiskId {identifier} does not exist."
    return call.need(Disk, identifier, ApiError(404, "InvalidDiskId.NotFound", text))


def owned_snapshot(call: Call, identifier: str, code: str = "InvalidSnapshotId.NotFound") -> Snapshot:
    """Return a snapshot of the caller's account, or 404."""
    text = f"The specified SnapshotId {identifier} does not exist."
    return call.need(Snapshot, identifier, ApiError(404, code, text))


def check_ready(snapshot: Snapshot) -> None:
    """Refuse a snapshot of which nothing can be made yet."""
    if not snapshot.available:
        raise ApiError(403, "InvalidSnapshotId.NotReady", f"The snapshot {snapshot.id} is {snapshot.status}.")


def check_unsaved(world: World, disk: Disk) -> None:
    """Refuse what must wait until a snapshot of the disk is complete."""
    if any(one.status == "progressing" for one in world.store.under(Snapshot, disk.id)):
        text = f"A snapshot of the disk {disk.id} is not completed yet."
        raise ApiError(403, "DiskCreatingSnapshot", text)


def check_holder(call: Call, disk: Disk, *allowed: str) -> Instance | None:
    """Return the instance of a disk; refuse a locked one, an expired one, and one in the wrong state."""
    holder = call.world.store.get(Instance, disk.instance_id) if disk.instance_id else None
    if holder is None:
        return None
    if "security" in holder.locks:
        raise locked_for_security(holder.id)
    if "financial" in holder.locks or holder.expired(call.world.now):
        text = f"The instance {holder.id} has expired or is in arrears."
        raise ApiError(403, "InstanceExpiredOrInArrears", text)
    if holder.status not in allowed or holder.releasing:
        raise incorrect_status(holder.id, holder.status, ", ".join(allowed))
    return holder


def free_device(call: Call, instance: Instance, wanted: str = "") -> str:
    """Return the wanted or the first free device of an instance, which has 17 disks at most."""
    others = call.world.store.under(Disk, instance.id)
    taken = {other.device for other in others}
    if wanted in taken:
        raise ApiError(403, "InvalidDevice.InUse", f"The specified device {wanted} has been occupied.")
    if len(others) >= _MOST_DISKS:
        text = f"The instance {instance.id} has {_MOST_DISKS} disks."
        raise ApiError(403, "InstanceDiskLimitExceeded", text)
    names = [f"/dev/xvd{letter}" for letter in string.ascii_lowercase[1:]]
    return wanted or next(name for name in names if name not in taken)


def created_within(parameters: Parameters) -> Callable[[float], bool]:
    """Return a test of the moments between the filters CreationStartTime and CreationEndTime."""
    bounds = {"CreationStartTime": float("-inf"), "CreationEndTime": float("inf")}
    for group in parameters.groups("Filter"):
        key = group.text("Key")
        if key not in bounds:
            raise ApiError(404, "InvalidFilterKey.NotFound", "The specified Filter.N.Key does not exist.")
        try:
            bounds[key] = times.from_api(group.text("Value"))
        except ValueError:
            raise invalid_parameter("Filter.N.Value", "it is not a time like 2026-12-31T10:00Z") from None
    return lambda moment: bounds["CreationStartTime"] <= moment <= bounds["CreationEndTime"]


def not_enough_balance() -> ApiError:
    """403 for what an account in arrears cannot order."""
    return ApiError(403, "InvalidAccountStatus.NotEnoughBalance", "The account has not enough balance.")


def incorrect_disk(disk: Disk) -> ApiError:
    """403 for what a disk's status forbids."""
    return ApiError(403, "IncorrectDiskStatus", f"The disk {disk.id} is {disk.status}.")


def not_portable(disk: Disk) -> ApiError:
    """403 for taking away a disk that lives and dies with its instance."""
    return ApiError(403, "DiskNotPortable", f"The disk {disk.id} is not a portable disk.")
