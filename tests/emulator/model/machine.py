"""Random calls, events and time for the emulator and for the model, which have to agree after every step."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.emulator.inside import Inside
from tests.emulator.model.account import Account
from tests.emulator.model.instance import BLOCKS, DAY, HOUR, MINUTE, Disk, Instance, shown
from tests.emulator.model.orders import FLAGS, ORDERS, RARELY, Order
from tests.emulator.states import UNKNOWN

START = datetime(2026, 6, 15, 10, tzinfo=UTC).timestamp()
MOST_INSTANCES = 6
WHICH = some.sampled_from(range(MOST_INSTANCES + 1))
# Mostly as long as a change takes, or everything would be over before it was tried.
SECONDS = some.sampled_from(
    [0.5, *[1] * 6, *[2] * 6, 9, 59, 300, 300, HOUR, HOUR, HOUR + 1, DAY, 15 * DAY, 31 * DAY]
)
AHEAD = some.sampled_from([None, 29.0, 30.0, 31.0, 60.0, 60.0, 60.0, 24 * 60.0, 5 * 365 * 24 * 60.0])


class Comparison(RuleBasedStateMachine):
    """Both lives side by side; `cloud` is set by who runs it."""

    cloud: Inside
    told: Counter[tuple[str, str]]
    happened: Counter[str]
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.cloud.control("reset", {})
        self.cloud.stand_still()
        self.account = Account(START, self.happened)
        self.network = self.cloud.network()

    # An id beyond the last one is an unknown one.
    def one(self, which: int) -> str:
        """Return an id by its place."""
        ids = list(self.account.instances)
        return ids[which % len(ids)] if ids and which < MOST_INSTANCES else UNKNOWN

    def known(self, which: int) -> Instance | None:
        """Return an instance that is not being released, if there is one at this place."""
        instance = self.account.instances.get(self.one(which))
        return None if instance is None or instance.releasing else instance

    def call(self, action: str, order: dict[str, Any], allowed: set[str], product: str = "Ecs") -> None:
        """Ask the emulator; fail unless the answer is one that the model allows."""
        answer = self.cloud.call(action, order, product)
        said = f"200 {answer.code}" if answer.status == 200 and answer.code else answer.outcome
        assert said in allowed, f"the emulator says {said}, the model {allowed}: {answer.body}"
        self.told[action, said] += 1

    @initialize(orders=some.lists(ORDERS, min_size=3, max_size=5), running=FLAGS)
    def begin(self, orders: list[Order], running: bool) -> None:
        """Some instances to begin with."""
        for order in orders:
            self.run(order)
        if running:
            self.advance(2.0)

    @precondition(lambda self: len(self.account.instances) < MOST_INSTANCES and not self.account.overdue)
    @rule(order=ORDERS)
    def run(self, order: Order) -> None:
        """RunInstances."""
        paid = order.kind == "PrePaid"
        release_at = self.account.now + HOUR if order.scheduled and not paid else None
        when = {"AutoReleaseTime": stamp(release_at)} if release_at else {}
        reply = self.cloud.good("RunInstances", {**order.parameters, **self.network, **when})
        (identifier,) = reply["InstanceIdSets"]["InstanceIdSet"]
        disks = [
            Disk(
                row["DiskId"],
                row["Type"],
                order.local and row["Type"] == "data",
                order.with_instance(row),
                row["DiskChargeType"],
                identifier,
            )
            for row in self.cloud.disks(InstanceId=identifier)
        ]
        charge = "PrePaid" if paid else "PostPaid"
        instance = Instance(identifier, charge, order.kind == "spot", order.is_protected, disks)
        self.account.begin(instance, release_at)
        if order.blocked and not release_at:
            self.cloud.event(block=[identifier, order.blocked])
            instance.blocked = order.blocked

    @rule(which=WHICH, force=FLAGS, terminate=FLAGS, force_stop=FLAGS, dry_run=RARELY)
    def delete(self, which: int, force: bool, terminate: bool, force_stop: bool, dry_run: bool) -> None:
        """DeleteInstance."""
        order = flags(force, terminate, force_stop, dry_run) | {"InstanceId": self.one(which)}
        predicted = self.account.delete(self.one(which), force, terminate, force_stop, dry_run)
        self.call("DeleteInstance", order, {predicted})

    @rule(
        which=some.lists(WHICH, min_size=1, max_size=3),
        force=FLAGS, terminate=FLAGS, force_stop=FLAGS, dry_run=RARELY,
    )  # fmt: skip
    def delete_all(
        self, which: list[int], force: bool, terminate: bool, force_stop: bool, dry_run: bool
    ) -> None:
        """DeleteInstances."""
        ids = [self.one(each) for each in which]
        predicted = self.account.delete_all(ids, force, terminate, force_stop, dry_run)
        order = flags(force, terminate, force_stop, dry_run) | numbered(ids)
        self.call("DeleteInstances", order, {predicted})

    @rule(which=WHICH, minutes=AHEAD)
    def schedule(self, which: int, minutes: float | None) -> None:
        """ModifyInstanceAutoReleaseTime."""
        instance = self.account.instances.get(self.one(which))
        if instance is not None and (instance.releasing or instance.blocked):
            return
        moment = None if minutes is None else self.account.now + minutes * MINUTE
        order = {"InstanceId": self.one(which), "AutoReleaseTime": stamp(moment) if moment else ""}
        self.call("ModifyInstanceAutoReleaseTime", order, {self.account.schedule(self.one(which), moment)})

    @rule(which=WHICH, on=FLAGS)
    def protect(self, which: int, on: bool) -> None:
        """ModifyInstanceAttribute."""
        instance = self.account.instances.get(self.one(which))
        if instance is None or not instance.releasing:
            order = {"InstanceId": self.one(which), "DeletionProtection": on}
            self.call("ModifyInstanceAttribute", order, self.account.protect(self.one(which), on))

    @rule(which=WHICH, dry_run=RARELY)
    def stop(self, which: int, dry_run: bool) -> None:
        """StopInstance."""
        self.power("StopInstance", self.one(which), dry_run)

    @rule(which=WHICH, dry_run=RARELY)
    def start(self, which: int, dry_run: bool) -> None:
        """StartInstance."""
        self.power("StartInstance", self.one(which), dry_run)

    def power(self, action: str, identifier: str, dry_run: bool) -> None:
        """Either of them; what they do under the other locks is documented nowhere."""
        instance = self.account.instances.get(identifier)
        if instance is None or not instance.locks & {"refunded", "Recycling"}:
            predict = self.account.start if action == "StartInstance" else self.account.stop
            order = {"InstanceId": identifier, "DryRun": dry_run}
            self.call(action, order, predict(identifier, dry_run))

    @rule(which=some.lists(WHICH, min_size=1, max_size=3), success_first=FLAGS, dry_run=RARELY)
    def stop_all(self, which: list[int], success_first: bool, dry_run: bool) -> None:
        """StopInstances."""
        ids = [self.one(each) for each in which]
        found = [self.account.instances[one] for one in ids if one in self.account.instances]
        if not any(one.locks & {"refunded", "Recycling"} for one in found):
            order = {"BatchOptimization": "SuccessFirst" if success_first else "AllTogether"}
            allowed = self.account.stop_all(ids, success_first, dry_run)
            self.call("StopInstances", {**order, **numbered(ids), "DryRun": dry_run}, allowed)

    @rule(which=WHICH, immediately=FLAGS)
    def refund(self, which: int, immediately: bool) -> None:
        """RefundInstance."""
        instance = self.account.instances.get(self.one(which))
        if instance and (instance.status not in ("Running", "Stopped") or "security" in instance.locks):
            return
        order = {"InstanceId": self.one(which), "ProductCode": "ecs", "ProductType": ""}
        order |= {"ImmediatelyRelease": "1" if immediately else "0"}
        allowed = {self.account.refund(self.one(which), immediately)}
        self.call("RefundInstance", order, allowed, "BssOpenApi")

    @precondition(lambda self: self.account.disks())
    @rule(which=some.integers(0, 20), with_instance=FLAGS)
    def change_disk(self, which: int, with_instance: bool) -> None:
        """ModifyDiskAttribute."""
        disks = list(self.account.disks().values())
        disk = disks[which % len(disks)]
        order = {"DiskId": disk.id, "DeleteWithInstance": with_instance}
        self.call("ModifyDiskAttribute", order, {disk.change(with_instance)})

    @rule(which=WHICH, lock=RARELY)
    def security(self, which: int, lock: bool) -> None:
        """A security lock comes or goes."""
        instance = self.known(which)
        if instance is not None:
            self.cloud.event(**{"lock" if lock else "unlock": [instance.id, "security"]})
            (instance.locks.add if lock else instance.locks.discard)("security")

    @rule(which=WHICH, block=some.sampled_from(sorted(BLOCKS)))
    def block(self, which: int, block: str) -> None:
        """An obstacle to releases comes, or the one that is there goes."""
        instance = self.known(which)
        if instance is not None and "schedule" not in instance.due:
            event = "unblock" if instance.blocked else "block"
            self.cloud.event(**{event: [instance.id, instance.blocked or block]})
            instance.blocked = "" if instance.blocked else block

    @rule(which=WHICH)
    def expire(self, which: int) -> None:
        """The paid time of a subscription ends."""
        instance = self.known(which)
        if instance is not None and instance.live_subscription:
            self.cloud.event(expire=instance.id)
            self.account.expire(instance)

    @rule(which=WHICH)
    def reclaim(self, which: int) -> None:
        """A spot instance is reclaimed."""
        instance = self.known(which)
        if instance is not None and instance.spot and instance.status in ("Running", "Stopped"):
            self.cloud.event(reclaim=instance.id)
            self.account.reclaim(instance)

    @rule(overdue=RARELY)
    def pay(self, overdue: bool) -> None:
        """The account falls into arrears, or pays."""
        self.cloud.event(overdue=overdue)
        self.account.set_overdue(overdue)

    @rule(seconds=SECONDS)
    def advance(self, seconds: float) -> None:
        """Time passes."""
        self.cloud.advance(f"PT{seconds:.3f}S")
        self.account.advance(float(seconds))

    @precondition(lambda self: self.account.kept_until())
    @rule()
    def wait_for_the_end(self) -> None:
        """As much time passes as the cloud keeps what is not paid for."""
        self.advance(self.account.kept_until() - self.account.now)

    @invariant()
    def the_same_is_seen(self) -> None:
        """DescribeInstances and DescribeDisks show what the model has."""
        type(self).steps += 1
        instances = {row["InstanceId"]: seen(row) for row in self.cloud.instances()}
        same(instances, {one.id: expected(one) for one in self.account.instances.values()})
        disks = {row["DiskId"]: seen_disk(row) for row in self.cloud.disks(MaxResults=100)}
        same(disks, {disk.id: expected_disk(disk) for disk in self.account.disks().values()})


def same(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Fail with what differs."""
    for one in sorted({*found, *wanted}):
        has, should = found.get(one), wanted.get(one)
        assert has == should, f"{one}: the emulator shows {has}, the model {should}"


def seen(row: dict[str, Any]) -> dict[str, Any]:
    """What DescribeInstances shows of a life."""
    names = ("Status", "InstanceChargeType", "DeletionProtection", "AutoReleaseTime", "SpotStrategy")
    locks = sorted(lock["LockReason"] for lock in row["OperationLocks"]["LockReason"])
    return {**{name: row[name] for name in names}, "locks": locks, "ExpiredTime": row["ExpiredTime"]}


def expected(instance: Instance) -> dict[str, Any]:
    """What the model says that DescribeInstances shows."""
    return {
        "Status": instance.status,
        "InstanceChargeType": instance.charge,
        "DeletionProtection": instance.protected,
        "AutoReleaseTime": instance.release_time,
        "SpotStrategy": "SpotAsPriceGo" if instance.spot else "NoSpot",
        "locks": sorted(instance.locks),
        "ExpiredTime": shown(instance.expires) if instance.expires else "2099-12-31T15:59Z",
    }


def seen_disk(row: dict[str, Any]) -> tuple[Any, ...]:
    """What DescribeDisks shows of a disk's belonging."""
    names = ("Type", "Status", "InstanceId", "DeleteWithInstance", "DiskChargeType")
    return tuple(row[name] for name in names)


def expected_disk(disk: Disk) -> tuple[Any, ...]:
    """What the model says that DescribeDisks shows."""
    status = "In_use" if disk.instance else "Available"
    return disk.kind, status, disk.instance, disk.with_instance, disk.charge


def flags(force: bool, terminate: bool, force_stop: bool, dry_run: bool) -> dict[str, Any]:
    """The parameters of a release."""
    names = {"Force": force, "TerminateSubscription": terminate, "ForceStop": force_stop}
    return {**names, "DryRun": dry_run}


def numbered(ids: list[str]) -> dict[str, str]:
    """Several ids as parameters."""
    return {f"InstanceId.{number}": one for number, one in enumerate(ids, 1)}


def stamp(moment: float) -> str:
    """A moment as a parameter."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
