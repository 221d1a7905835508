"""The event buses of EventBridge: which rules an event meets, and what is to be delivered where.

Imports world, resources and the patterns. The courier of the server carries what is put down here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from emulator import times
from emulator.events.pattern import Pattern, pattern
from emulator.events.retries import STRATEGIES
from emulator.events.transform import body_of, reachable, url_of
from emulator.resources.events import EventRule
from emulator.untrusted import from_json
from emulator.world import World

DEFAULT = "default"
Event = dict[str, Any]


def from_trail(world: World, account: str, record: Event) -> Event:
    """Return what ActionTrail recorded as a CloudEvent of the default bus."""
    region = record["acsRegion"]
    return {
        "id": record["eventId"],
        "source": "acs.actiontrail",
        "specversion": "1.0",
        "type": f"actiontrail:ActionTrail:{record['eventType']}",
        "datacontenttype": "application/json;charset=utf-8",
        "subject": f"acs.actiontrail:{region}:{account}:{record['eventId']}",
        "time": record["eventTime"],
        "aliyunaccountid": account,
        "aliyunpublishtime": times.to_second(world.now),
        "aliyuneventbusname": DEFAULT,
        "aliyunregionid": region,
        "aliyunpublishaddr": record["sourceIpAddress"],
        "data": record,
    }


def publish(world: World, account: str, event: Event, bus: str = DEFAULT) -> None:
    """Put down a delivery for every target of every rule of a bus that the event meets."""
    for rule in world.store.under(EventRule, f"{account}/{bus}"):
        if rule.status == "ENABLE" and _pattern(rule.filter_pattern).matches(event):
            for target in rule.targets:
                _put_down(world, rule, target, event)


def _put_down(world: World, rule: EventRule, target: dict[str, Any], event: Event) -> None:
    url = url_of(target)
    entry = {
        "account": rule.account_id,
        "bus": rule.event_bus_name,
        "rule": rule.rule_name,
        "target": target["Id"],
        "type": target["Type"],
        "endpoint": url,
        "strategy": target.get("PushRetryStrategy") or next(iter(STRATEGIES)),
        "event": event["id"],
        "body": body_of(target, event),
    }
    # Noted and never sent: nothing here talks to anybody but this machine.
    world.deliveries.add(entry, times.to_second(world.now), world.now if reachable(target) else None)


# Every call that changes something asks, and rules change rarely.
@lru_cache(maxsize=256)
def _pattern(text: str) -> Pattern:
    return pattern(from_json(text))
