"""The error tables of the reference as data: section, action, status, code; and what cannot occur here.

A section's name is its number in the reference. `any` stands for the codes that every action may answer.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    section: str
    action: str
    outcome: str


_DELETE = (
    "IncorrectInstanceStatus IncorrectInstanceStatus.Initializing InstanceLockedForSecurity "
    "ChargeTypeViolation InvalidOperation.DeletionProtection InvalidOperation.EniLinked "
    "OperationDenied.SystemInstanceNotSupport"
)
_BLOCKED = "DependencyViolation.SLBConfiguring DependencyViolation.RouteEntry"
_STOP = (
    "IncorrectInstanceStatus InstanceLockedForSecurity InstanceExpiredOrInArrears "
    "InvalidInstanceId.NotSupport DiskError InstanceType.ParameterMismatch HibernationConfigured.* "
    "OperationDenied.SystemInstanceNotSupport"
)
_TABLES: dict[tuple[str, str], dict[int, str]] = {
    ("0.5", "any"): {
        400: "MissingParameter InvalidParameter IncompleteSignature IllegalTimestamp SignatureNonceUsed "
        "InvalidTimeStamp.Expired InvalidAction.NotFound NoSuchVersion Throttling Throttling.User "
        "Throttling.Api",
        403: "SignatureDoesNotMatch Forbidden.RAM Forbidden.RiskControl Throttling.User",
        404: "InvalidAccessKeyId.NotFound",
        429: "Throttling.User",
        500: "InternalError",
        503: "ServiceUnavailable",
    },
    ("1", "DeleteInstance"): {
        400: f"{_BLOCKED} InvalidParameter DryRunOperation",
        403: _DELETE,
        404: "InvalidInstanceId.NotFound",
        500: "InternalError",
    },
    ("2", "DeleteInstances"): {
        400: f"InvalidParameter.CrossRegionNotSupport DRYRUN.SUCCESS {_BLOCKED}",
        403: f"InvalidParameter.TooManyInstanceIds InvalidInstanceIds.ValueNotSupported {_DELETE}",
        404: "InvalidInstanceIds.NotFound InvalidInstanceId.NotFound",
        500: "InvalidParameter InternalError",
    },
    ("3", "ModifyInstanceAutoReleaseTime"): {
        400: "MissingParameter InvalidAutoReleaseTime.Malformed UnsupportedParameter",
        403: "ChargeTypeViolation",
        404: "NoSuchResource",
        500: "InternalError",
    },
    ("4", "ModifyInstanceAttribute"): {
        400: "InvalidParameter InvalidOperation.InvalidEcsState",
        403: "InvalidChargeType.ValueNotSupported IncorrectInstanceStatus OperationDenied "
        "InstanceLockedForSecurity InvalidUser.Unauthorized InvalidOperation.InvalidRegion",
        404: "InvalidInstanceId.NotFound",
        500: "InternalError",
    },
    ("5", "DescribeInstances"): {
        400: "InvalidTag.Mismatch InvalidTagCount InvalidParameter DryRunOperation",
        404: "InvalidInstanceChargeType.NotFound InvalidInternetChargeType.ValueNotSupported "
        "InvalidLockReason.NotFound InvalidFilterKey.NotFound InvalidNetworkType.NotFound "
        "InvalidStatus.NotFound",
    },
    ("6", "DescribeInstanceAttribute"): {404: "InvalidInstanceId.NotFound"},
    ("7", "StopInstance"): {
        400: "DryRunOperation",
        403: _STOP,
        404: "InvalidInstanceId.NotFound",
        500: "InternalError",
        503: "LimitedOperation.ServiceUnavailable",
    },
    ("7", "StopInstances"): {
        400: "DRYRUN.SUCCESS",
        403: f"{_STOP} InvalidParameter.TooManyInstanceIds Abs.InvalidInstanceIds.MalFormed InstanceNotReady",
        404: "InvalidInstanceIds.NotFound",
        409: "InvalidOperation.Conflict",
        500: "InternalError",
        503: "LimitedOperation.ServiceUnavailable",
    },
    ("8", "DescribeDisks"): {
        400: "InvalidRegion.NotFound MissingParamter.RegionId InvalidParameter.DiskIds InvalidTag.Mismatch "
        "InvalidStatus.ValueNotSupported InvalidDiskType.ValueNotSupported",
        403: "InvalidDiskIds.Malformed",
        404: "InvalidDiskIds.ValueNotSupported InvalidDiskChargeType.NotFound InvalidLockReason.NotFound "
        "InvalidFilterKey.NotFound",
    },
    ("8", "ModifyDiskAttribute"): {
        400: "MissingParameter.DiskIdOrDiskIds ParameterConflict.DiskIdAndDiskIds NoAttributeToModify",
        403: "DiskNotPortable DeleteWithInstance.Conflict IncorrectDiskStatus UserNotInTheWhiteList",
        404: "InvalidDiskId.NotFound InvalidInstanceId.NotFound",
    },
    ("11", "ModifyInstanceAutoRenewAttribute"): {
        403: "MissingParameter.InstanceId InvalidParameter.ToManyInstanceIds "
        "InvalidParameter.InvalidInstanceId IncorrectInstanceStatus ChargeTypeViolation "
        "InvalidParameter.RenewalStatus InvalidParameter.Duration InvalidPeriodUnit.ValueNotSupported",
    },
    ("11", "DescribeInstanceAutoRenewAttribute"): {
        403: "InvalidParameter.ToManyInstanceIds InvalidParameter.InvalidInstanceId "
        "InvalidParameter.RenewalStatus InvalidParameter.RenewalStatusInstanceId",
    },
    ("12", "ModifyInstanceChargeType"): {
        400: "ExpiredInstance ReleaseTimeHaveBeenSet QuotaExceed.RufundVcpu Throttling "
        "InvalidParameter.InstanceIds InvalidStatus.ValueNotSupported "
        "InvalidInstanceChargeType.ValueNotSupported InstancesIdQuotaExceed InvalidInstance.UnpaidOrder "
        "InstanceHasProcessingConvertOrder InvalidClientToken.ValueNotSupported InvalidSpotStrategy "
        "NoPermission.Refund DryRunOperation",
        403: "InvalidAccountStatus.NotEnoughBalance Account.Arrearage InvalidInstance.TempBandwidthUpgrade "
        "InstanceType.Offline InvalidInstanceType.PhasedOut InvalidOperation.NotSupport "
        "RealNameAuthenticationError",
    },
    # A business refusal travels with HTTP 200 and Success=false.
    ("13", "RefundInstance"): {
        200: "ResourceNotExists NotApplicable ResourceStatusError",
        403: "NoPermission",
    },
    ("15", "DeleteInstances"): {400: "IdempotentParameterMismatch", 403: "IdempotentProcessing"},
}
DOCUMENTED = {
    Row(section, action, f"{status} {code}")
    for (section, action), codes in _TABLES.items()
    for status, words in codes.items()
    for code in words.split()
}

_UNSIGNED = "signatures are only looked at by choice; tested with them"
_STOP_REASONS = {
    "InvalidInstanceId.NotSupport": "every instance here can be stopped",
    "DiskError": "no disk here is ever broken",
    "InstanceType.ParameterMismatch": "no parameter of a stop depends on the type here",
    "HibernationConfigured.*": "there is no hibernation here",
}
_REASONS: dict[tuple[str, str], dict[str, str]] = {
    ("0.5", "any"): {
        "403 SignatureDoesNotMatch": _UNSIGNED,
        "400 IllegalTimestamp": _UNSIGNED,
        "400 InvalidTimeStamp.Expired": _UNSIGNED,
        "400 SignatureNonceUsed": "as above; else a repeated nonce is listed among the violations",
        "403 Forbidden.RiskControl": "there is no risk control here",
    },
    ("2", "DeleteInstances"): {
        "404 InvalidInstanceId.NotFound": "InvalidInstanceIds.NotFound is chosen for every unknown id"
    },
    ("4", "ModifyInstanceAttribute"): {
        "403 OperationDenied": "the table gives two codes for one cause; the other one is answered",
        "403 InvalidUser.Unauthorized": "every account here may use every attribute",
        "403 InvalidOperation.InvalidRegion": "every region here knows every attribute",
    },
    ("7", "StopInstance"): {f"403 {code}": reason for code, reason in _STOP_REASONS.items()},
    ("7", "StopInstances"): {f"403 {code}": reason for code, reason in _STOP_REASONS.items()},
    ("8", "ModifyDiskAttribute"): {
        "403 UserNotInTheWhiteList": "every account here may use every attribute",
        "404 InvalidInstanceId.NotFound": "a disk here never outlives the instance it is attached to",
    },
    ("12", "ModifyInstanceChargeType"): {
        "400 NoPermission.Refund": "rights are those of the action, and there is no other right to refunds",
        "403 InvalidInstance.TempBandwidthUpgrade": "there are no temporary upgrades here",
        "403 InstanceType.Offline": "every type stays on sale here",
        "403 InvalidInstanceType.PhasedOut": "every type stays on sale here",
        "403 InvalidOperation.NotSupport": "every instance here can be converted",
        "403 RealNameAuthenticationError": "nobody here has a name to be proven",
    },
    ("13", "RefundInstance"): {"200 NotApplicable": "there is one site, and it is that of every account"},
    ("15", "DeleteInstances"): {
        "403 IdempotentProcessing": "calls are answered one after the other, so no first one is under way"
    },
}
CANNOT_OCCUR = {
    Row(section, action, outcome): reason
    for (section, action), reasons in _REASONS.items()
    for outcome, reason in reasons.items()
}
