"""Reading an AutoReleaseTime, and ModifyInstanceAutoReleaseTime (Ecs 2014-05-26)."""

from __future__ import annotations

from emulator import times
from emulator.errors import ApiError
from emulator.registry import Call, Reply, action
from emulator.resources import Instance
from emulator.rules.subscription import add_period

_SOONEST = 30 * times.MINUTE


def read_release_time(text: str, now: float) -> float:
    """Return the moment without seconds; refuse the malformed, the too near and the too far."""
    try:
        moment = times.cut_to_minute(times.from_api(text))
    except ValueError:
        raise _malformed(text) from None
    # Compared after the cut, so half an hour ahead to the second is too near.
    if moment < now + _SOONEST or moment > add_period(now, 3, "Year"):
        raise _malformed(text)
    return moment


@action("Ecs", "ModifyInstanceAutoReleaseTime", "AutoReleaseTime", required="InstanceId")
def modify_instance_auto_release_time(call: Call) -> Reply:
    """ModifyInstanceAutoReleaseTime: set or move the release time; without one, cancel it."""
    identifier, wanted = call.parameters.text("InstanceId"), call.parameters.text("AutoReleaseTime")
    # Values come before existence: a malformed time is refused whatever the instance.
    release_at = read_release_time(wanted, call.world.now) if wanted else None
    text = "The specified resource does not exist."
    instance = call.need(Instance, identifier, ApiError(404, "NoSuchResource", text))
    if instance.subscription:
        raise ApiError(403, "ChargeTypeViolation", "A subscription instance has no automatic release time.")
    if release_at is None:
        return _cancel(call, instance)
    instance.auto_release_at = release_at
    call.world.store.put(instance)
    call.world.timers.arm(instance.id, "auto-release", release_at)
    return {}


def _cancel(call: Call, instance: Instance) -> Reply:
    instance.auto_release_at = None
    call.world.store.put(instance)
    call.world.timers.disarm(instance.id, "auto-release")
    return {}


def _malformed(text: str) -> ApiError:
    return ApiError(
        400, "InvalidAutoReleaseTime.Malformed", f"The specified AutoReleaseTime {text} is not valid."
    )
