"""Trails (Actiontrail 2020-07-06): where events are to be kept, once a trail is enabled."""

from __future__ import annotations

import re
from typing import Any

from emulator.errors import ApiError, invalid_parameter, missing_parameter
from emulator.registry import Call, Reply, action
from emulator.resources.events import Trail
from emulator.rules.trail import HOME
from emulator.untrusted import from_json
from emulator.world import new_id

_MOST_TRAILS = 5
_NAME = re.compile("[a-z][a-z0-9_-]{5,35}")
_BUCKET = re.compile("[a-z0-9][a-z0-9-]{2,62}")
_PREFIX = re.compile("[A-Za-z][A-Za-z0-9/_-]{5,31}")
_PROJECT = re.compile("acs:(?:log|odps):[a-z0-9-]*:[0-9]*:projects?/[A-Za-z0-9_-]+")
_STORAGE = "OssBucketName OssKeyPrefix OssWriteRoleArn SlsProjectArn SlsWriteRoleArn"
_WHAT = f"EventRW TrailRegion {_STORAGE} MaxComputeProjectArn MaxComputeWriteRoleArn"
_SHAPES = {
    "OssBucketName": ("oss_bucket_name", _BUCKET),
    "OssKeyPrefix": ("oss_key_prefix", _PREFIX),
    "OssWriteRoleArn": ("oss_write_role_arn", None),
    "SlsProjectArn": ("sls_project_arn", _PROJECT),
    "SlsWriteRoleArn": ("sls_write_role_arn", None),
    "MaxComputeProjectArn": ("max_compute_project_arn", _PROJECT),
    "MaxComputeWriteRoleArn": ("max_compute_write_role_arn", None),
    "TrailRegion": ("trail_region", None),
}


@action("Actiontrail", "CreateTrail", f"{_WHAT} IsOrganizationTrail", required="Name")
def create_trail(call: Call) -> Reply:
    """CreateTrail: a trail in the state Fresh; needs a bucket or a project, which is not looked for."""
    name, now = call.parameters.text("Name"), call.world.now
    if not _NAME.fullmatch(name):
        raise ApiError(400, "InvalidTrailNameException", f"The trail name {name} is not valid.")
    if call.parameters.flag("IsOrganizationTrail"):
        raise invalid_parameter("IsOrganizationTrail", "the account manages no resource directory")
    if _named(call, name) is not None:
        raise ApiError(400, "TrailAlreadyExistsException", f"The trail {name} already exists.")
    if sum(1 for _ in call.world.store.owned(Trail, call.account)) >= _MOST_TRAILS:
        text = f"The number of trails exceeds the limit {_MOST_TRAILS}."
        raise ApiError(400, "MaximumNumberOfTrailsExceededException", text)
    home = call.region or HOME
    trail = Trail(
        id=new_id("trail"),
        account_id=call.account,
        region_id="",
        created_at=now,
        updated_at=now,
        name=name,
        home_region=home,
        trail_arn=f"acs:actiontrail:{home}:{call.account}:trail/{name}",
    )
    _fill(call, trail)
    call.world.store.add(trail)
    return _told(trail)


@action("Actiontrail", "UpdateTrail", _WHAT, required="Name")
def update_trail(call: Call) -> Reply:
    """UpdateTrail: other storage, other regions, other events."""
    trail = _trail(call)
    _fill(call, trail)
    return _told(_put(call, trail))


@action("Actiontrail", "DeleteTrail", "", required="Name")
def delete_trail(call: Call) -> Reply:
    """DeleteTrail: enabled or not; what LookupEvents finds stays."""
    call.world.store.remove(_trail(call))
    return {}


@action("Actiontrail", "StartLogging", "", required="Name")
def start_logging(call: Call) -> Reply:
    """StartLogging: enables a trail."""
    trail = _trail(call)
    trail.status, trail.started_at = "Enable", call.world.now
    _put(call, trail)
    return {}


@action("Actiontrail", "StopLogging", "", required="Name")
def stop_logging(call: Call) -> Reply:
    """StopLogging: disables a trail."""
    trail = _trail(call)
    trail.status, trail.stopped_at = "Disable", call.world.now
    _put(call, trail)
    return {}


@action("Actiontrail", "GetTrailStatus", required="Name", ignored="IsOrganizationTrail")
def get_trail_status(call: Call) -> Reply:
    """GetTrailStatus: whether a trail is enabled; nothing is delivered, so no delivery is shown."""
    trail = _trail(call)
    status = {
        "OssBucketStatus": bool(trail.oss_bucket_name),
        "SlsLogStoreStatus": bool(trail.sls_project_arn),
    }
    return {"IsLogging": trail.status == "Enable", **trail.periods, **status}


@action("Actiontrail", "DescribeTrails", "NameList", ignored="IncludeShadowTrails IncludeOrganizationTrail")
def describe_trails(call: Call) -> Reply:
    """DescribeTrails: all trails, or those of the named that there are."""
    names = [name.strip() for name in call.parameters.text("NameList").split(",") if name.strip()]
    found = [trail for _, trail in call.world.store.owned(Trail, call.account)]
    return {"TrailList": [trail.view() for trail in found if not names or trail.name in names]}


@action(
    "Actiontrail",
    "PutDataEventSelector",
    "EventSelectors",
    required="TrailName",
    ignored="TrailRegionIds IsTrailAllRegion",
)
def put_data_event_selector(call: Call) -> Reply:
    """PutDataEventSelector: EventSelectors are kept as they were sent; no data events happen here."""
    trail = _trail(call, "TrailName")
    trail.selectors = call.parameters.text("EventSelectors")
    try:
        listed = from_json(trail.selectors or "[]")
    except ValueError:
        listed = None
    if not isinstance(listed, list):
        raise invalid_parameter("EventSelectors", "it is no JSON list")
    _put(call, trail)
    return {"DataEventSelectors": trail.selectors, "TrailArn": trail.trail_arn}


@action("Actiontrail", "GetDataEventSelector", "", required="TrailName")
def get_data_event_selector(call: Call) -> Reply:
    """GetDataEventSelector: what PutDataEventSelector was sent, if anything."""
    trail = _trail(call, "TrailName")
    kept = {"DataEventSelectors": trail.selectors} if trail.selectors else {}
    return {**kept, "IsTrailAllRegion": False, "SlsDeliveryConfigs": [], "TrailArn": trail.trail_arn}


def _named(call: Call, name: str) -> Trail | None:
    found = call.world.store.under(Trail, f"{call.account}/{name}")
    return found[0] if found else None


def _trail(call: Call, parameter: str = "Name") -> Trail:
    name = call.parameters.text(parameter)
    trail = _named(call, name)
    if trail is None:
        raise ApiError(404, "TrailNotFoundException", f"The specified trail {name} does not exist.")
    return trail


def _put(call: Call, trail: Trail) -> Trail:
    trail.updated_at = call.world.now
    call.world.store.put(trail)
    return trail


def _fill(call: Call, trail: Trail) -> None:
    parameters = call.parameters
    trail.event_rw = parameters.choice("EventRW", trail.event_rw, ("Write", "Read", "All"))
    for parameter, (name, shape) in _SHAPES.items():
        text = parameters.text(parameter)
        if text and shape is not None and not shape.fullmatch(text):
            raise invalid_parameter(parameter, f"{text} is not of its form")
        if text:
            setattr(trail, name, text)
    if not (trail.oss_bucket_name or trail.sls_project_arn or trail.max_compute_project_arn):
        raise missing_parameter("OssBucketName")


def _told(trail: Trail) -> dict[str, Any]:
    wanted = {"Name", "HomeRegion", *_WHAT.split()}
    return {name: value for name, value in trail.view().items() if name in wanted}
