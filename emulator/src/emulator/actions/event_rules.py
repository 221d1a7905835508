"""Rules of event buses, and their targets (EventBridge 2020-04-01)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from emulator.actions.events_common import (
    arn,
    bus_of,
    json_of,
    new_name,
    page,
    pattern_of,
    rule_of,
    rules_of,
)
from emulator.errors import BusinessFailure
from emulator.events.retries import STRATEGIES
from emulator.registry import Call, Reply, action, idempotent
from emulator.resources.events import EventRule
from emulator.world import new_id

_MOST_RULES, _MOST_TARGETS, _LONGEST = 50, 5, 10240
_RULE = "EventBusName RuleName"


class _Parameter(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    ResourceKey: str = Field(min_length=1)
    Form: Literal["ORIGINAL", "TEMPLATE", "JSONPATH", "CONSTANT"]
    Template: str = Field(default="", max_length=_LONGEST)
    Value: str = Field(default="", max_length=_LONGEST)


class _Target(BaseModel):
    # What a target of another kind is told besides is kept as it came.
    model_config = ConfigDict(extra="allow", strict=True, defer_build=True)

    Id: str = Field(min_length=1)
    Type: str = Field(min_length=1)
    Endpoint: str = ""
    PushRetryStrategy: Literal["BACKOFF_RETRY", "EXPONENTIAL_DECAY_RETRY"] = "BACKOFF_RETRY"
    ErrorsTolerance: Literal["ALL", "NONE"] = "ALL"
    ParamList: list[_Parameter] = []


_TARGETS: TypeAdapter[list[_Target]] = TypeAdapter(list[_Target], config=ConfigDict(defer_build=True))
assert set(STRATEGIES) == {"BACKOFF_RETRY", "EXPONENTIAL_DECAY_RETRY"}


@action("EventBridge", "CreateRule", "Description EventTargets Status", required=f"{_RULE} FilterPattern")
@idempotent
def create_rule(call: Call) -> Reply:
    """CreateRule: a rule with up to five targets, enabled unless told otherwise."""
    bus, name = bus_of(call), new_name(call, "RuleName", "EventRuleNameInvalid")
    rules = rules_of(call, bus)
    if any(rule.rule_name == name for rule in rules):
        text = f"The event rule [{name}] of event bus [{bus.event_bus_name}] already existed!"
        raise BusinessFailure("EventRuleAlreadyExist", text)
    if len(rules) >= _MOST_RULES:
        raise BusinessFailure("EventRuleCountExceedLimit", f"There are {_MOST_RULES} event rules already.")
    rule = EventRule(
        id=new_id("rule"),
        account_id=call.account,
        region_id="",
        created_at=call.world.now,
        event_bus_name=bus.event_bus_name,
        rule_name=name,
        rule_arn=arn(call, f"eventbus/{bus.event_bus_name}/rule/{name}"),
        filter_pattern=_pattern(call),
        description=call.parameters.text("Description"),
        status=_status(call, "ENABLE"),
        targets=_merged([], _targets(call, "EventTargets")),
    )
    call.world.store.add(rule)
    return {"Data": {"RuleARN": rule.rule_arn}}


@action("EventBridge", "GetRule", "", required=_RULE)
def get_rule(call: Call) -> Reply:
    """GetRule: one rule with its targets."""
    return {"Data": rule_of(call).view()}


@action("EventBridge", "ListRules", "RuleNamePrefix Limit NextToken", required="EventBusName")
def list_rules(call: Call) -> Reply:
    """ListRules: the rules of a bus, by the beginning of their names."""
    prefix = call.parameters.text("RuleNamePrefix")
    found = [rule for rule in rules_of(call, bus_of(call)) if rule.rule_name.startswith(prefix)]
    return page(call, "Rules", [rule.view() for rule in found])


@action("EventBridge", "UpdateRule", "Description Status", required=f"{_RULE} FilterPattern")
def update_rule(call: Call) -> Reply:
    """UpdateRule: another pattern, description or status; the targets stay."""
    rule = rule_of(call)
    rule.filter_pattern, rule.status = _pattern(call), _status(call, rule.status)
    rule.description = call.parameters.text("Description", rule.description)
    call.world.store.put(rule)
    return {"Data": True}


@action("EventBridge", "DeleteRule", "", required=_RULE)
def delete_rule(call: Call) -> Reply:
    """DeleteRule: with its targets; what is on its way is still delivered."""
    call.world.store.remove(rule_of(call))
    return {}


@action("EventBridge", "EnableRule", "", required=_RULE)
def enable_rule(call: Call) -> Reply:
    """EnableRule: events are delivered from now on."""
    return _switch(call, "ENABLE")


@action("EventBridge", "DisableRule", "", required=_RULE)
def disable_rule(call: Call) -> Reply:
    """DisableRule: events are not delivered, and not made up for later."""
    return _switch(call, "DISABLE")


@action("EventBridge", "PutTargets", "", required=f"{_RULE} Targets")
def put_targets(call: Call) -> Reply:
    """PutTargets: adds targets, or changes those of the same Id."""
    rule = rule_of(call)
    rule.targets = _merged(rule.targets, _targets(call, "Targets"))
    call.world.store.put(rule)
    return {"Data": {"ErrorEntriesCount": 0, "ErrorEntries": []}}


@action("EventBridge", "DeleteTargets", "", required=f"{_RULE} TargetIds")
def delete_targets(call: Call) -> Reply:
    """DeleteTargets: those that are there go, the others are named."""
    rule, ids = rule_of(call), json_of(call, "TargetIds")
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise BusinessFailure("ParameterInvalid", "TargetIds is a list of texts.")
    known = {target["Id"] for target in rule.targets}
    rule.targets = [target for target in rule.targets if target["Id"] not in ids]
    call.world.store.put(rule)
    told = "The event target delete has not exist!"
    errors = [
        {"EntryId": one, "ErrorCode": "EventTargetNotExist", "ErrorMessage": told}
        for one in ids
        if one not in known
    ]
    return {"Data": {"ErrorEntriesCount": len(errors), "ErrorEntries": errors}}


@action("EventBridge", "ListTargets", "Limit NextToken", required=_RULE, ignored="Arn")
def list_targets(call: Call) -> Reply:
    """ListTargets: the targets of a rule."""
    rule = rule_of(call)
    owner = {"EventBusName": rule.event_bus_name, "RuleName": rule.rule_name}
    return page(call, "Targets", [{**target, **owner} for target in rule.targets])


def _switch(call: Call, status: str) -> Reply:
    rule = rule_of(call)
    rule.status = status
    call.world.store.put(rule)
    return {}


def _status(call: Call, default: str) -> str:
    return call.parameters.choice("Status", default, ("ENABLE", "DISABLE"))


def _pattern(call: Call) -> str:
    text = call.parameters.text("FilterPattern")
    pattern_of(text)
    return text


def _targets(call: Call, parameter: str) -> list[dict[str, Any]]:
    try:
        targets = _TARGETS.validate_python(json_of(call, parameter, "[]"))
    except ValidationError as error:
        row = error.errors()[0]
        where = ".".join(str(part) for part in row["loc"])
        raise BusinessFailure("ParameterInvalid", f"{parameter}: {where}: {row['msg']}.") from None
    return [target.model_dump(exclude_unset=False) for target in targets]


def _merged(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    merged = {target["Id"]: target for target in (*old, *new)}
    if len(merged) > _MOST_TARGETS:
        raise BusinessFailure("EventTargetCountExceedLimit", f"A rule has at most {_MOST_TARGETS} targets.")
    return list(merged.values())
