"""The lines of a bill: what one resource cost in a time, and how the billing product describes it.

Imports world, usage, prices and resources; the bills import it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator import prices, times
from emulator.resources import KINDS, Disk, Instance, Resource
from emulator.resources.eip import Eip
from emulator.resources.storage import Snapshot
from emulator.usage import Stretch
from emulator.world import World

# Product code, commodity code, product name.
_PRODUCTS = {
    "instances": ("ecs", "ecs", "Elastic Compute Service"),
    "disks": ("ecs", "yundisk", "Block Storage"),
    "snapshots": ("ecs", "snapshot", "Snapshot"),
    "eips": ("eip", "eip", "Elastic IP Address"),
}
_NOTHING = dict.fromkeys(
    ("InvoiceDiscount", "DeductedByCashCoupons", "DeductedByCoupons", "DeductedByPrepaidCard", "CashAmount",
     "OutstandingAmount", "AdjustAmount"), 0.0)  # fmt: skip
_EMPTY = dict.fromkeys(("DeductedByResourcePackage", "CostUnit", "BizType", "ProductType"), "")


@dataclass
class Item:
    """Hours of use of one thing that has a price, and what they cost."""

    hours: float = 0.0
    amount: float = 0.0
    price: float = 0.0


@dataclass
class Line:
    """What one resource cost, with the resource as it is or was last."""

    resource: Resource
    subscription_type: str
    item: str
    items: dict[str, Item] = field(default_factory=dict)

    @property
    def product_code(self) -> str:
        """Return the product under which it is billed."""
        return _PRODUCTS[self.resource.kind][0]

    def add(self, stretch: Stretch, start: float, end: float) -> None:
        """Count a stretch of use, as far as it lies within the time of the bill."""
        last = end if stretch.ended is None else min(stretch.ended, end)
        hours = max(last - max(stretch.began, start), 0.0) / times.HOUR
        for code, price in prices.hourly(stretch.kind, stretch.meter).items():
            item = self.items.setdefault(code, Item())
            item.hours, item.amount, item.price = item.hours + hours, item.amount + hours * price, price

    def rows(self, single: bool) -> Iterator[dict[str, Any]]:
        """Yield the line as one row, or each item as a row of its own."""
        if single:
            for code, item in self.items.items():
                yield self._row(item, code)
        else:
            hours = max(item.hours for item in self.items.values())
            yield self._row(Item(hours, sum(item.amount for item in self.items.values())), "")

    def _row(self, item: Item, code: str) -> dict[str, Any]:
        amount, product = round(item.amount, 2), _PRODUCTS[self.resource.kind]
        money = ("PretaxGrossAmount", "PretaxAmount", "AfterDiscountAmount", "PaymentAmount")
        return {
            **_about(self.resource),
            **_NOTHING,
            **_EMPTY,
            **dict.fromkeys(money, amount),
            "Currency": prices.CURRENCY,
            "ProductCode": product[0],
            "PipCode": product[0],
            "CommodityCode": product[1],
            "ProductName": product[2],
            "ProductDetail": f"{product[2]} ({self.subscription_type})",
            "SubscriptionType": self.subscription_type,
            "BillingType": self.subscription_type,
            "Item": self.item,
            "ItemName": code or self.item,
            "BillingItem": code,
            "BillingItemCode": code,
            "ListPrice": f"{item.price:g}" if code else "",
            "ListPriceUnit": f"{prices.CURRENCY}/Hour" if code else "",
            "Usage": f"{item.hours:.2f}",
            "UsageUnit": "Hour",
            "ServicePeriod": f"{item.hours * times.HOUR:.0f}",
            "ServicePeriodUnit": "Second",
        }


def lines_of(world: World, account: str, start: float, end: float) -> list[Line]:
    """Return what an account's resources cost in a time, each in the order in which it began to cost."""
    found: dict[str, Line] = {}
    for stretch in world.store.usage.stretches(account, start, end):
        # What is paid ahead is on the bill of the day on which it was bought.
        if "PaidUntil" in stretch.meter:
            continue
        last = _last(world, stretch.kind, stretch.id, stretch.body)
        line = found.setdefault(stretch.id, Line(last, "PayAsYouGo", "PayAsYouGoBill"))
        line.resource = last
        line.add(stretch, start, end)
    return [*found.values(), *_orders(world, account, start, end)]


def _orders(world: World, account: str, start: float, end: float) -> Iterator[Line]:
    for payment in world.store.usage.payments(account, start, end):
        last = KINDS[payment.kind].model_validate_json(payment.body)
        item = "SubscriptionOrder" if payment.amount > 0 else "Refund"
        yield Line(last, "Subscription", item, {"Order": Item(0.0, payment.amount)})


def _last(world: World, kind: str, identifier: str, body: str) -> Resource:
    return world.store.get(KINDS[kind], identifier) or KINDS[kind].model_validate_json(body)


def _about(resource: Resource) -> dict[str, Any]:
    tags = "; ".join(f"key:{key} value:{value}" for key, value in resource.tags.items())
    return {
        "InstanceID": resource.id,
        "Region": resource.region_id,
        "Tag": tags,
        "OwnerID": resource.account_id,
        "BillAccountID": resource.account_id,
        "BillAccountName": f"account-{resource.account_id}",
        **dict.fromkeys(("NickName", "Zone", "InternetIP", "IntranetIP", "InstanceSpec"), ""),
        "InstanceConfig": "",
        "ResourceGroup": getattr(resource, "resource_group_id", ""),
        **_details(resource),
    }


def _details(resource: Resource) -> Mapping[str, Any]:
    match resource:
        case Instance():
            return _machine(resource)
        case Disk():
            spec = {"InstanceSpec": resource.category, "InstanceConfig": f"Size:{resource.size}GiB"}
            return {**spec, "NickName": resource.disk_name, "Zone": resource.zone_id}
        case Eip():
            return {"NickName": resource.name, "InternetIP": resource.ip_address}
        case Snapshot():
            size = f"Size:{resource.source_disk_size}GiB"
            return {"NickName": resource.snapshot_name, "InstanceConfig": size}
    return {}


def _machine(instance: Instance) -> dict[str, Any]:
    return {
        "NickName": instance.instance_name,
        "Zone": instance.zone_id,
        "InternetIP": instance.public_ip or str(instance.eip.get("IpAddress", "")),
        "IntranetIP": instance.private_ip,
        "InstanceSpec": instance.instance_type,
        "InstanceConfig": f"CPU:{instance.cpu}; Memory:{instance.memory_mib}MiB",
    }
