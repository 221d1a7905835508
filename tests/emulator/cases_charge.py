"""Cases of sections 0.5, 11, 12 and 13: what every action may answer, renewal, conversion, refund."""

from __future__ import annotations

import json
from typing import Any

from tests.emulator import states
from tests.emulator.cloud import Cloud
from tests.emulator.documented_cases import Case
from tests.emulator.states import Make, faulty

_LONG_LIST = ",".join(["i-0"] * 101)


def _renew(outcome: str, name: str, make: Make = states.paid, **order: Any) -> Case:
    whole = {"InstanceId": "{}", **order}
    return Case("11", "ModifyInstanceAutoRenewAttribute", f"403 {outcome}", name, make, whole)


def _renewal(outcome: str, name: str, **order: Any) -> Case:
    return Case("11", "DescribeInstanceAutoRenewAttribute", f"403 {outcome}", name, states.paid, order)


_DURATIONS: dict[str, dict[str, Any]] = {
    "zero": {"Duration": 0},
    "ten-months": {"Duration": 10},
    "five-weeks": {"Duration": 5, "PeriodUnit": "Week"},
    "six-years": {"Duration": 6, "PeriodUnit": "Year"},
    "word": {"Duration": "long"},
}
_RENEWAL = [
    *(
        _renew("InvalidParameter.Duration", name, RenewalStatus="AutoRenewal", **order)
        for name, order in _DURATIONS.items()
    ),
    _renew("MissingParameter.InstanceId", "none", InstanceId=""),
    _renew("InvalidParameter.ToManyInstanceIds", "101-ids", InstanceId=_LONG_LIST),
    _renew("InvalidParameter.InvalidInstanceId", "unknown", states.nothing),
    _renew("InvalidParameter.InvalidInstanceId", "JSON", InstanceId='["{}"]'),
    _renew("IncorrectInstanceStatus", "expired", states.expired, RenewalStatus="AutoRenewal"),
    _renew("IncorrectInstanceStatus", "refunded", states.refunded, RenewalStatus="AutoRenewal"),
    _renew("ChargeTypeViolation", "pay-as-you-go", states.running, RenewalStatus="AutoRenewal"),
    _renew("ChargeTypeViolation", "spot", states.spot, RenewalStatus="AutoRenewal"),
    _renew("InvalidParameter.RenewalStatus", "word", RenewalStatus="Maybe"),
    _renew("InvalidPeriodUnit.ValueNotSupported", "days", PeriodUnit="Day"),
    _renewal("InvalidParameter.ToManyInstanceIds", "101-ids", InstanceId=_LONG_LIST),
    _renewal("InvalidParameter.InvalidInstanceId", "JSON", InstanceId='["{}"]'),
    _renewal("InvalidParameter.RenewalStatus", "word", RenewalStatus="Maybe"),
    _renewal("InvalidParameter.RenewalStatusInstanceId", "both-empty"),
]


def _convert(outcome: str, name: str, make: Make, to: str = "PostPaid", **order: Any) -> Case:
    period = {"Period": 1} if to == "PrePaid" else {}
    whole = {"InstanceIds": '["{}"]', "InstanceChargeType": to, **period, **order}
    return Case("12", "ModifyInstanceChargeType", outcome, name, make, whole)


def _without_quota(cloud: Cloud) -> str:
    cloud.control("settings", {"refund_vcpu_hours": 0})
    return states.paid(cloud)


def _quota_used_up(cloud: Cloud) -> str:
    first, second = states.paid(cloud), states.paid(cloud)
    # Two vCPUs for a month of 30 days, less the two seconds that it took to start.
    cloud.control("settings", {"refund_vcpu_hours": 2 * 30 * 24})
    order = {"InstanceIds": json.dumps([first]), "InstanceChargeType": "PostPaid"}
    cloud.good("ModifyInstanceChargeType", order)
    return second


def _unpaid_order(cloud: Cloud) -> str:
    instance = cloud.run()
    order = {"InstanceIds": json.dumps([instance]), "InstanceChargeType": "PrePaid", "Period": 1}
    cloud.good("ModifyInstanceChargeType", {**order, "AutoPay": False})
    return instance


def _indebted(cloud: Cloud) -> str:
    instance = states.paid(cloud)
    cloud.event(overdue=True)
    return instance


_CONVERSION = [
    _convert("400 ExpiredInstance", "running", states.expired),
    _convert("400 ExpiredInstance", "stopped", states.expired_at_rest),
    _convert("400 ReleaseTimeHaveBeenSet", "scheduled", states.scheduled, "PrePaid"),
    _convert("400 QuotaExceed.RufundVcpu", "none", _without_quota),
    _convert("400 QuotaExceed.RufundVcpu", "used-up", _quota_used_up),
    _convert("400 Throttling", "ordered", faulty(400, "Throttling")),
    _convert("400 InvalidParameter.InstanceIds", "unknown", states.nothing),
    _convert("400 InvalidParameter.InstanceIds", "not-JSON", states.paid, InstanceIds="{}"),
    _convert("400 InvalidParameter.InstanceIds", "empty", states.paid, InstanceIds="[]"),
    _convert("400 InvalidStatus.ValueNotSupported", "pending", states.pending, "PrePaid"),
    _convert("400 InvalidStatus.ValueNotSupported", "stopping", states.stopping, "PrePaid"),
    _convert("400 InvalidStatus.ValueNotSupported", "being-released", states.releasing, "PrePaid"),
    _convert("400 InvalidInstanceChargeType.ValueNotSupported", "no-change", states.running),
    _convert("400 InvalidInstanceChargeType.ValueNotSupported", "word", states.running, "Free"),
    _convert("400 InstancesIdQuotaExceed", "21-ids", states.paid, InstanceIds=json.dumps(["i-0"] * 21)),
    _convert("400 InvalidInstance.UnpaidOrder", "unpaid", _unpaid_order, "PrePaid"),
    _convert("400 InstanceHasProcessingConvertOrder", "in-progress", states.converting),
    _convert("400 InvalidClientToken.ValueNotSupported", "65-signs", states.paid, ClientToken="x" * 65),
    _convert("400 InvalidClientToken.ValueNotSupported", "not-ASCII", states.paid, ClientToken="\u00e9"),
    _convert("400 InvalidSpotStrategy", "spot", states.spot, "PrePaid"),
    _convert("400 DryRunOperation", "passed", states.paid, DryRun=True),
    _convert("403 InvalidAccountStatus.NotEnoughBalance", "overdue", states.overdue, "PrePaid"),
    _convert("403 Account.Arrearage", "overdue", _indebted),
]


def _refund(outcome: str, name: str, make: Make, key: str = "emulator") -> Case:
    order = {"InstanceId": "{}", "ProductCode": "ecs", "ProductType": "", "ImmediatelyRelease": "1"}
    return Case("13", "RefundInstance", outcome, name, make, order, "BssOpenApi", key)


def _guarded(cloud: Cloud) -> str:
    instance = states.paid(cloud)
    cloud.control("settings", {"enforce_ram": True})
    return instance


_REFUND = [
    _refund("200 ResourceNotExists", "unknown", states.nothing),
    _refund("200 ResourceNotExists", "being-released", states.releasing),
    _refund("200 ResourceStatusError", "refunded-already", states.refunded),
    _refund("200 ResourceStatusError", "expired", states.expired),
    _refund("200 ResourceStatusError", "pay-as-you-go", states.running),
    _refund("403 NoPermission", "no-right", _guarded, "emulator-a-alice"),
]


def _throttled(status: int) -> Make:
    def with_limit(cloud: Cloud) -> str:
        instance = cloud.stopped()
        cloud.control("settings", {"throttling_status": status})
        cloud.control("limits", {"DeleteInstance": 0})
        return instance

    return with_limit


def _any(outcome: str, name: str, make: Make = states.stopped, **order: Any) -> Case:
    whole = {"InstanceId": "{}", **order}
    key = whole.pop("key", "emulator")
    return Case("0.5", "DeleteInstance", outcome, name, make, whole, "Ecs", key, of="any")


_GATEWAY = [
    _any("400 MissingParameter", "no-id", InstanceId=""),
    _any("400 InvalidParameter", "no-boolean", Force="yes"),
    _any("400 IncompleteSignature", "none", Signature=""),
    _any("400 NoSuchVersion", "another-version", Version="2014-05-27"),
    _any("400 InvalidAction.NotFound", "no-such-action", Action="ReleaseInstance"),
    _any("403 Forbidden.RAM", "no-right", _guarded, key="emulator-a-alice"),
    _any("404 InvalidAccessKeyId.NotFound", "a-key-of-nobody", key="somebody"),
    *(
        _any(f"{status} Throttling.User", f"beyond-the-limit-{status}", _throttled(status))
        for status in (400, 403, 429)
    ),
    _any("400 Throttling", "ordered", faulty(400, "Throttling")),
    _any("400 Throttling.Api", "ordered", faulty(400, "Throttling.Api")),
    _any("500 InternalError", "ordered", faulty(500, "InternalError")),
    _any("503 ServiceUnavailable", "ordered", faulty(503, "ServiceUnavailable")),
]
CASES = [*_GATEWAY, *_RENEWAL, *_CONVERSION, *_REFUND]
