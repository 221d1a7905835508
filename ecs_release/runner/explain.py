"""Why the cloud refused a call, in our reasons. Imports the gateway's errors and table, and domain."""

from collections.abc import Iterator

from ecs_release.domain.plan import InstancePlan
from ecs_release.domain.reasons import Finding, Reason
from ecs_release.domain.steps import StepKind
from ecs_release.gateway.actions import ACTIONS
from ecs_release.gateway.errors import CloudError, NoPermission
from ecs_release.runner.apply import RefundWouldDestroy

REASON_OF_CODE = {
    "InvalidOperation.DeletionProtection": Reason.PROTECTED,
    "ChargeTypeViolation": Reason.ACTIVE_SUBSCRIPTION,
    "DependencyViolation.RouteEntry": Reason.ROUTE_ENTRY,
    "InvalidOperation.EniLinked": Reason.ENI_LINKED,
    "OperationDenied.SystemInstanceNotSupport": Reason.MANAGED_BY_ANOTHER_PRODUCT,
    "InstanceLockedForSecurity": Reason.SECURITY_LOCK,
    "DiskNotPortable": Reason.DISK_CANNOT_BE_KEPT,
    "QuotaExceed.RufundVcpu": Reason.REFUND_QUOTA,
}
# What a refusal means in a phase, whatever its code.
REASON_OF_PHASE = {
    StepKind.BACKUP: Reason.BACKUP_FAILED,
    StepKind.KEEP_ADDRESS: Reason.ADDRESS_CANNOT_BE_KEPT,
    StepKind.LIFT_PROTECTION: Reason.PROTECTION_CANNOT_BE_LIFTED,
    StepKind.CONVERT: Reason.CONVERSION_FAILED,
}


def refused_by_cloud(error: CloudError, phase: StepKind, concerned: list[InstancePlan]) -> Iterator[Finding]:
    """One finding for each instance that the refusal names, or for all when it names none."""
    request = f"request {error.request_id}" if error.request_id else ""
    detail = ", ".join(filter(None, (error.code, _missing_right(error), request)))
    # A batch is refused for one of its ids, which only the message names, if at all.
    named = [plan for plan in concerned if plan.instance_id in str(error)] or concerned
    for plan in named:
        yield Finding(_reason(error, phase), detail, plan.instance_id, plan.member)


def _missing_right(error: CloudError) -> str:
    # RAM does not say in its message which right it asked for.
    action = ACTIONS.get(error.action) if isinstance(error, NoPermission) else None
    return f"without the right {action.right}" if action else ""


def _reason(error: CloudError, phase: StepKind) -> Reason:
    if isinstance(error, RefundWouldDestroy):
        return Reason.REFUND_RELEASES_AT_ONCE
    if error.code == "QuotaExceed.RufundVcpu":
        return Reason.REFUND_QUOTA
    return REASON_OF_PHASE.get(phase) or REASON_OF_CODE.get(error.code, Reason.REFUSED_BY_THE_CLOUD)
