"""Every answer a plan can give, one sentence each and one sentence of what to do.

Pure: imports the standard library only.
"""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """The closed list of reasons; the value is the word that users and tests see."""

    # The words are a contract: pipelines match on them.
    PROTECTED = "protected"
    ACTIVE_SUBSCRIPTION = "active-subscription"
    SECURITY_LOCK = "security-lock-destroys-kept-disks"
    DISK_CANNOT_BE_KEPT = "disk-cannot-be-kept"
    PROTECTION_CANNOT_BE_LIFTED = "protection-cannot-be-lifted"
    ADDRESS_CANNOT_BE_KEPT = "address-cannot-be-kept"
    BACKUP_IMPOSSIBLE = "backup-impossible"
    BACKUP_FAILED = "backup-failed"
    REFUND_RELEASES_AT_ONCE = "refund-releases-at-once"
    REFUND_QUOTA = "refund-quota-used-up"
    CONVERSION_FAILED = "conversion-failed"
    NEEDS_APPROVAL = "needs-approval"
    APPROVAL_IS_STALE = "approval-is-stale"
    NOT_OURS = "not-ours"
    TAGS_REMOVED = "tags-removed"
    UNRECORDED = "unrecorded"
    REPLACED = "replaced"
    WRONG_ACCOUNT = "wrong-account"
    WRONG_REGION = "wrong-region"
    WRONG_ENDPOINT = "wrong-endpoint"
    SCHEDULE = "schedule"
    SCHEDULE_NOT_FIRED = "schedule-not-fired"
    RELEASED_ELSEWHERE = "released-elsewhere"
    TOO_MANY_INSTANCES = "too-many-instances"
    NO_PERMISSION_TO_LOOK = "no-permission-to-look"
    ROUTE_ENTRY = "route-entry"
    ENI_LINKED = "eni-linked"
    MANAGED_BY_ANOTHER_PRODUCT = "managed-by-another-product"
    REFUSED_BY_THE_CLOUD = "refused-by-the-cloud"
    DEADLINE = "deadline"


# Why, then what to do next; a test holds that every reason has both.
SENTENCES: dict[Reason, tuple[str, str]] = {
    Reason.PROTECTED: (
        "deletion protection is on",
        "declare deletion_protection: false and run `pulumi up` (--refresh if it is declared already), or"
        " give ECS_RELEASE_TERMS=on_protected=lift",
    ),
    Reason.ACTIVE_SUBSCRIPTION: (
        "its subscription still runs",
        "wait for its expiry, or declare on_active_subscription: refund or convert and run `pulumi up`",
    ),
    Reason.SECURITY_LOCK: (
        "a security lock makes the release destroy every attached disk, the ones to be kept too",
        "snapshot or detach the disks to be kept, or have the lock removed, then repeat",
    ),
    Reason.DISK_CANNOT_BE_KEPT: (
        "a disk that is to be kept cannot outlive its instance",
        "copy its data, declare release_with_instance: true for it and run `pulumi up`, then repeat",
    ),
    Reason.PROTECTION_CANNOT_BE_LIFTED: (
        "deletion protection is on, and under a security lock the cloud lets nobody lift it",
        "have the security lock removed, then repeat",
    ),
    Reason.ADDRESS_CANNOT_BE_KEPT: (
        "its fixed public address is to be kept and cannot become an EIP",
        "declare public_ip.on_release: release and run `pulumi up` if the address may go, then repeat",
    ),
    Reason.BACKUP_IMPOSSIBLE: (
        "a disk that dies cannot be backed up, because it is a local disk",
        "copy its data, declare backup: none and run `pulumi up`, then repeat",
    ),
    Reason.BACKUP_FAILED: (
        "its backup failed, and nothing is released without it",
        "remove the cause, or the failed backup where there is one, then repeat, which takes a new one",
    ),
    Reason.REFUND_RELEASES_AT_ONCE: (
        "it cannot be stopped first, a refund would release it at once, and a disk to be kept has no backup",
        "declare backup: image and run `pulumi up`, or detach the disk, then repeat",
    ),
    Reason.REFUND_QUOTA: (
        "the account's monthly refund quota, in vCPU hours, is used up; it is still a subscription",
        "wait for the next month or for its expiry, or ask Alibaba Cloud for more quota, then repeat",
    ),
    Reason.CONVERSION_FAILED: (
        "it could not be converted to pay-as-you-go; it is still the subscription that it was",
        "remove the cause, then repeat",
    ),
    Reason.NEEDS_APPROVAL: (
        "a release of this group needs the digest of its plan",
        "read the plan, then repeat with the digest in ECS_RELEASE_APPROVE",
    ),
    Reason.APPROVAL_IS_STALE: (
        "the approved plan is not the plan of now",
        "read what has changed, then repeat with the digest of now in ECS_RELEASE_APPROVE",
    ),
    Reason.NOT_OURS: (
        "it carries the group id of another group",
        "find out whose it is; put our tag ecs-release:group-id back if it is this group's",
    ),
    Reason.TAGS_REMOVED: (
        "it is recorded here but no longer carries the tag ecs-release:group-id",
        "run `pulumi up --refresh`, which puts the tags back, then repeat",
    ),
    Reason.UNRECORDED: (
        "it carries this group's id, and no record tells whether it is a leftover of ours or a copy",
        "run `ecs-release claim ID` to release it with the others or `ecs-release disown ID` to let it go",
    ),
    Reason.REPLACED: (
        "its member has a new instance while this one still lives",
        "declare on_replaced: release and run `pulumi up` to release the old one",
    ),
    Reason.WRONG_ACCOUNT: (
        "the credentials belong to another account than the one recorded",
        "use credentials of the recorded account",
    ),
    Reason.WRONG_REGION: (
        "the configured region is not the recorded one",
        "set alicloud:region back to the recorded region",
    ),
    Reason.WRONG_ENDPOINT: (
        "the configured endpoint is not the recorded one",
        "set alicloud:endpoints and alicloud:protocol back to the recorded ones",
    ),
    Reason.SCHEDULE: ("released as planned by its schedule", "nothing to do"),
    Reason.SCHEDULE_NOT_FIRED: (
        "its release time has passed and it is still there",
        "see whether the account is overdue or the time was removed; `pulumi destroy` releases it,"
        " or declare a later time and run `pulumi up`",
    ),
    Reason.RELEASED_ELSEWHERE: ("already released, by hand or by the cloud", "nothing to do"),
    Reason.TOO_MANY_INSTANCES: (
        "more instances would go in one run than max_instances allows",
        "give the digest of the plan in ECS_RELEASE_APPROVE, or raise release.max_instances and run"
        " `pulumi up`, then repeat",
    ),
    Reason.NO_PERMISSION_TO_LOOK: (
        "it cannot be seen, and nothing proves that it is gone",
        "restore the rights ecs:DescribeInstances, ecs:DescribeInstanceAttribute and ecs:DescribeDisks,"
        " then repeat",
    ),
    Reason.ROUTE_ENTRY: (
        "a route entry of the VPC uses it as next hop",
        "remove the route entry, then repeat",
    ),
    Reason.ENI_LINKED: (
        "its network interface is linked with others",
        "unlink the network interfaces, then repeat",
    ),
    Reason.MANAGED_BY_ANOTHER_PRODUCT: (
        "another product manages it",
        "release it in the product that manages it, then repeat",
    ),
    Reason.REFUSED_BY_THE_CLOUD: ("the cloud refused the call", "remove the cause, then repeat"),
    Reason.DEADLINE: (
        "it was not gone when the time for this run was over",
        "repeat; a second run continues where this one stopped",
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason, about one instance ("" for a whole group), with the facts behind it."""

    reason: Reason
    detail: str = ""
    instance_id: str = ""
    member: str = ""

    @property
    def sentence(self) -> str:
        """Why, with the facts in brackets."""
        why = SENTENCES[self.reason][0]
        return f"{why} ({self.detail})" if self.detail else why

    @property
    def advice(self) -> str:
        """What to do next, the instance's own id filled in."""
        # Advice that can be pasted beats advice that must be edited.
        return SENTENCES[self.reason][1].replace(" ID`", f" {self.instance_id or 'ID'}`")
