"""The model of an account: its instances, the disks that outlived theirs, the clock, and what falls due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tests.emulator.model.instance import (
    DAY,
    EXPIRED_STOPS,
    GRACEFUL,
    KEPT_AFTER_EXPIRY,
    KEPT_IN_ARREARS,
    MINUTE,
    PENDING,
    RECLAIM,
    RELEASING,
    STARTING,
    Disk,
    Instance,
    a_month_later,
)

UNKNOWN_ONE, UNKNOWN_OF_MANY = "404 InvalidInstanceId.NotFound", "404 InvalidInstanceIds.NotFound"


class Account:
    """Predicts the outcome of each call as one or more of "<status> <code>", and does what it does."""

    def __init__(self, now: float, happened: Counter[str]) -> None:
        self.now, self.happened = now, happened
        self.overdue = False
        self.instances: dict[str, Instance] = {}
        self.kept: dict[str, Disk] = {}

    def begin(self, instance: Instance, release_at: float | None) -> None:
        """Enter an instance that was just created."""
        instance.due["starting"] = self.now + PENDING
        self._plan(instance, release_at and release_at // MINUTE * MINUTE)
        if instance.charge == "PrePaid":
            instance.expires = instance.due["expire"] = a_month_later(self.now)
        self.instances[instance.id] = instance

    def disks(self) -> dict[str, Disk]:
        """Return all disks by id."""
        attached = {disk.id: disk for one in self.instances.values() for disk in one.disks}
        return attached | self.kept

    def delete(self, identifier: str, force: bool, terminate: bool, force_stop: bool, dry_run: bool) -> str:
        """DeleteInstance."""
        instance = self.instances.get(identifier)
        if instance is None:
            return UNKNOWN_ONE
        outcome = instance.release(force, terminate)
        if outcome != "200" or dry_run:
            return outcome if outcome != "200" else "400 DryRunOperation"
        self._release(instance, force, force_stop)
        return "200"

    def _release(self, instance: Instance, force: bool, force_stop: bool) -> None:
        gentle = force and not force_stop and instance.status == "Running"
        instance.begin_release(self.now, GRACEFUL if gentle else RELEASING)

    def delete_all(
        self, ids: list[str], force: bool, terminate: bool, force_stop: bool, dry_run: bool
    ) -> str:
        """DeleteInstances: all or none; its dry run looks at no resource."""
        if dry_run:
            return "400 DRYRUN.SUCCESS"
        if any(one not in self.instances for one in ids):
            return UNKNOWN_OF_MANY
        wanted = [self.instances[one] for one in dict.fromkeys(ids)]
        refused = [said for said in (one.release(force, terminate) for one in wanted) if said != "200"]
        for instance in [] if refused else wanted:
            self._release(instance, force, force_stop)
        return refused[0] if refused else "200"

    def schedule(self, identifier: str, moment: float | None) -> str:
        """ModifyInstanceAutoReleaseTime; no moment cancels."""
        cut = moment and moment // MINUTE * MINUTE
        if cut and not self.now + 30 * MINUTE <= cut <= self.now + 3 * 365 * DAY:
            return "400 InvalidAutoReleaseTime.Malformed"
        instance = self.instances.get(identifier)
        if instance is None:
            return "404 NoSuchResource"
        if instance.charge == "PrePaid":
            return "403 ChargeTypeViolation"
        self._plan(instance, cut)
        return "200"

    def _plan(self, instance: Instance, release_at: float | None) -> None:
        instance.release_at = release_at
        instance.due.pop("schedule", None)
        if release_at:
            instance.due["schedule"] = release_at

    def protect(self, identifier: str, on: bool) -> set[str]:
        """ModifyInstanceAttribute with DeletionProtection."""
        instance = self.instances.get(identifier)
        if instance is None:
            return {UNKNOWN_ONE}
        refusals = {"403 InstanceLockedForSecurity"} if "security" in instance.locks else set()
        if on and (instance.spot or instance.charge == "PrePaid"):
            refusals.add("403 InvalidChargeType.ValueNotSupported")
        if not refusals:
            instance.protected = on
        return refusals or {"200"}

    def stop(self, identifier: str, dry_run: bool) -> set[str]:
        """StopInstance."""
        instance = self.instances.get(identifier)
        allowed = instance.power("Running") if instance else {UNKNOWN_ONE}
        if instance and allowed == {"200"} and not dry_run:
            instance.stop(self.now)
        return {"400 DryRunOperation"} if dry_run and allowed == {"200"} else allowed

    def start(self, identifier: str, dry_run: bool) -> set[str]:
        """StartInstance."""
        instance = self.instances.get(identifier)
        allowed = instance.power("Stopped") if instance else {UNKNOWN_ONE}
        if instance and allowed == {"200"} and not dry_run:
            instance.start(self.now)
        return {"400 DryRunOperation"} if dry_run and allowed == {"200"} else allowed

    def stop_all(self, ids: list[str], success_first: bool, dry_run: bool) -> set[str]:
        """StopInstances: all together, or each that can be."""
        if any(one not in self.instances for one in ids):
            return {UNKNOWN_OF_MANY}
        wanted = [self.instances[one] for one in dict.fromkeys(ids)]
        said = [one.power("Running", "403 InstanceNotReady") for one in wanted]
        refused = next((one for one in said if one != {"200"}), None)
        if refused and not success_first:
            return refused
        if dry_run:
            return {"400 DRYRUN.SUCCESS"}
        for instance, outcome in zip(wanted, said, strict=True):
            if outcome == {"200"}:
                instance.stop(self.now)
        return {"200"}

    def refund(self, identifier: str, immediately: bool) -> str:
        """RefundInstance: a refusal travels with HTTP 200 and Success=false."""
        instance = self.instances.get(identifier)
        if instance is None or instance.releasing:
            return "200 ResourceNotExists"
        if not instance.live_subscription:
            return "200 ResourceStatusError"
        if immediately:
            instance.begin_release(self.now)
            return "200 Success"
        instance.locks.add("refunded")
        # It waits for its release without limit, so nothing of its time is left.
        instance.due.pop("expire", None)
        if instance.status == "Running":
            instance.stop(self.now)
        return "200 Success"

    def expire(self, instance: Instance) -> None:
        """The paid time ends this minute."""
        instance.expires = self.now // MINUTE * MINUTE
        instance.due.pop("expire", None)
        self._expire(instance, self.now)

    def _expire(self, instance: Instance, now: float) -> None:
        instance.expired = True
        instance.locks.add("financial")
        instance.due["expired-stop"] = now + EXPIRED_STOPS
        instance.due["kept-long-enough"] = instance.expires + KEPT_AFTER_EXPIRY

    def set_overdue(self, overdue: bool) -> None:
        """The account falls into arrears, or has paid."""
        changed, self.overdue = overdue != self.overdue, overdue
        for instance in self._pay_as_you_go() if changed else ():
            if overdue:
                instance.locks.add("financial")
                instance.halt()
                instance.due["kept-long-enough"] = self.now + KEPT_IN_ARREARS
            else:
                instance.locks.discard("financial")
                instance.due.pop("kept-long-enough", None)
        self.advance(0.0)

    def _pay_as_you_go(self) -> list[Instance]:
        return [one for one in self.instances.values() if one.charge == "PostPaid" and not one.releasing]

    def kept_until(self) -> float:
        """Return when the first of those goes that nobody has paid for, 0 if there is none."""
        found = [
            one.due["kept-long-enough"] for one in self.instances.values() if "kept-long-enough" in one.due
        ]
        return max(self.now, min(found)) if found else 0.0

    def reclaim(self, instance: Instance) -> None:
        """The cloud wants a spot instance back."""
        instance.locks.add("Recycling")
        instance.due["reclaimed"] = self.now + RECLAIM

    def advance(self, seconds: float) -> None:
        """Let everything happen that falls due, each at its own moment."""
        end = self.now + seconds
        while (first := min(self._pending(end), default=None)) is not None:
            moment, identifier, event = first
            self._happen(self.instances[identifier], event, max(moment, self.now))
        self.now = end

    def _pending(self, end: float) -> Iterable[tuple[float, str, str]]:
        for instance in self.instances.values():
            for event, moment in instance.due.items():
                # While the account is overdue, no schedule is honoured; after that it is.
                if moment <= end and not (event == "schedule" and self.overdue):
                    yield moment, instance.id, event

    def _happen(self, instance: Instance, event: str, moment: float) -> None:
        del instance.due[event]
        self.happened[event] += 1
        if event == "starting":
            instance.status, instance.due["running"] = "Starting", moment + STARTING
        elif event == "running":
            instance.status = "Running"
        elif event in ("stopped", "expired-stop"):
            instance.halt()
        elif event == "expire":
            self._expire(instance, moment)
        elif event == "gone":
            kept = {disk.id: disk for disk in instance.survivors()}
            self.happened["gone, disks kept"] += bool(kept)
            self.kept |= kept
            del self.instances[instance.id]
        else:
            # Of the cloud's own doing, as Force would and whatever the protection.
            instance.begin_release(moment)
