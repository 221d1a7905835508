"""A group: every field with its type, default, limits and what it costs or risks.

Imports the domain, pydantic and its siblings; imported by `schema`. A field is here only once
something acts on it.
"""

from pydantic import ValidationInfo
from pydantic import field_validator as check

from ecs_release.domain.facts import Charge
from ecs_release.domain.terms import Backup, OnActiveSubscription, OnProtected, OnPublicIp
from stacks.disks import DataDisk, SystemDisk
from stacks.fields import MOST_USER_TAGS, Flag, InstanceId, Tags, Whole, is_local, not_allowed
from stacks.parts import YES_NO, ChargeForm, Closed, PayAsYouGo, option
from stacks.release import RELEASE_FIELDS, PublicIp, Release
from stacks.schedule import AtExpiry

TAGS_ALLOWED = (
    f"at most {MOST_USER_TAGS} tags; keys of 1 to 128 characters, values quoted text of at most 128"
)
NO_SCHEDULE = (
    "no schedule on a subscription: it can end only by its expiry or a refund;"
    " a time is for pay-as-you-go and spot, {at_expiry: true} is for subscriptions"
)
NOBODY_BACKS_UP = (
    "only none beside a schedule: at its time the cloud releases by itself, and nobody takes a backup first;"
    " an automatic snapshot policy on the disks can, with release_auto_snapshots: false"
)
NOBODY_KEEPS = (
    "no schedule with public_ip.on_release: keep: at its time the cloud releases by itself, and the address"
    " is lost; use an EIP"
)
NO_EXPIRY = "at_expiry for subscriptions only: nothing else expires"
RENEWED = "at_expiry with auto_renew: false only: what is renewed never expires"
NOTHING_TO_LIFT = "only refuse on subscription and spot, which have no deletion protection to lift"
NO_SUBSCRIPTION = "only refuse here: refund and convert are for the billing method subscription"
NO_BACKUP = "only none with local disks: they have no snapshots, and copying their data is yours to do"
ADOPT_ALLOWED = "a map from members of the group (NAME-0 to NAME-(count-1)) to ids of instances that exist"
NO_PROTECTION = "only false on subscription and spot: the API has deletion protection for pay-as-you-go only"


class Group(Closed):
    """Instances that are declared, and end, alike."""

    count: Whole = option(
        "How many instances. Fewer releases the last ones, 0 all of them.",
        "a whole number from 0 to 1000",
        ge=0,
        le=1000,
    )
    instance_type: str = option(
        "Size and price of each instance. Changing it stops the instance.",
        "a type like ecs.g7.large",
        pattern=r"^ecs\.[a-z0-9.-]+$",
    )
    image: str = option(
        "What the system disk is made from. Changing it makes the system disk anew: its data are lost.",
        "an image id",
        min_length=1,
    )
    key_pair: str | None = option(
        "Key pair for SSH. Left out: nobody can log in by key. Changing it reboots the instance.",
        "the name of a key pair",
        None,
        min_length=2,
        max_length=128,
    )
    user_data_file: str | None = option(
        "File with the start-up script, from the project's folder. A change reboots the instance; no secrets:"
        " who may read the instance can read it.",
        "the path of a file of at most 32 KiB",
        None,
        min_length=1,
    )
    ram_role: str | None = option(
        "RAM role whose rights every process on the instance has.",
        "the name of a RAM role",
        None,
        min_length=1,
        max_length=64,
    )
    tags: Tags = option(
        "Tags of the group's instances, over those of the environment.",
        TAGS_ALLOWED,
        {},
        max_length=MOST_USER_TAGS,
    )
    charge: ChargeForm = option(
        "Billing method. It decides how an instance can end.",
        "{type: pay-as-you-go}, {type: subscription, period, unit, auto_renew} or {type: spot, price_limit}",
        PayAsYouGo(),
    )
    deletion_protection: Flag | None = option(
        "true: a release is refused until protection is lifted; a schedule is not. Left out: true for"
        " pay-as-you-go, false for the others.",
        f"{YES_NO}; {NO_PROTECTION}",
        None,
    )
    system_disk: SystemDisk = option(
        "The disk that an instance starts from.",
        "{category, size_gib, release_with_instance, release_auto_snapshots}",
        SystemDisk(),
    )
    data_disks: tuple[DataDisk, ...] = option(
        "Disks made with each instance. One added later is refused until the instance is replaced.",
        "at most 16 disks",
        (),
        max_length=16,
    )
    public_ip: PublicIp | None = option(
        "A fixed public address; open to the internet as far as the security groups let it.",
        "{bandwidth_mbps, on_release}",
        None,
    )
    adopt: dict[str, InstanceId] = option(
        "Instances that exist already, by the member that they become. They stay as they are but for tags,"
        " and end under the group's terms. The entry has to stay for as long as the member lives.",
        ADOPT_ALLOWED,
        {},
    )
    release: Release = option(
        "The terms under which the group ends.",
        RELEASE_FIELDS,
        Release(),
    )

    @check("deletion_protection")
    @classmethod
    def check_protection(cls, value: bool | None, info: ValidationInfo) -> bool | None:
        """Protection that the cloud would ignore is not promised."""
        charge = info.data.get("charge")
        # The stock provider drops it without a word, and the owner would believe it is on.
        if value and charge is not None and charge.type != Charge.PAY_AS_YOU_GO:
            raise not_allowed(NO_PROTECTION)
        return value

    @check("data_disks")
    @classmethod
    def check_disk_names(cls, value: tuple[DataDisk, ...]) -> tuple[DataDisk, ...]:
        """A disk is found again by its name."""
        names = [disk.name for disk in value]
        # Two of one name could not be told apart later, so neither flag could be kept.
        for position, name in enumerate(names):
            if name in names[:position]:
                raise not_allowed("a name that no other disk of the group has", position, "name")
        return value

    @check("release")
    @classmethod
    def check_schedule(cls, value: Release, info: ValidationInfo) -> Release:
        """A subscription takes no release time, and only a subscription expires."""
        charge = info.data.get("charge")
        if value.schedule is None or charge is None:
            return value
        if isinstance(value.schedule, AtExpiry):
            if charge.type != Charge.SUBSCRIPTION:
                raise not_allowed(NO_EXPIRY, "schedule", "at_expiry")
            if charge.auto_renew:
                raise not_allowed(RENEWED, "schedule", "at_expiry")
        elif charge.type == Charge.SUBSCRIPTION:
            raise not_allowed(NO_SCHEDULE, "schedule", value.key)
        return value

    @check("release")
    @classmethod
    def check_without_us(cls, value: Release, info: ValidationInfo) -> Release:
        """At its time the cloud releases without us, so nothing that we would do first is done."""
        if not value.is_timed:
            return value
        if value.backup is not Backup.NONE:
            raise not_allowed(NOBODY_BACKS_UP, "backup")
        address = info.data.get("public_ip")
        if address is not None and address.on_release is OnPublicIp.KEEP:
            raise not_allowed(NOBODY_KEEPS, "schedule", value.key)
        return value

    @check("release")
    @classmethod
    def check_terms(cls, value: Release, info: ValidationInfo) -> Release:
        """Terms about what the billing method does not have would promise what never happens."""
        charge = info.data.get("charge")
        if charge is None:
            return value
        if value.on_protected is OnProtected.LIFT and charge.type != Charge.PAY_AS_YOU_GO:
            raise not_allowed(NOTHING_TO_LIFT, "on_protected")
        ends_early = value.on_active_subscription is not OnActiveSubscription.REFUSE
        if ends_early and charge.type != Charge.SUBSCRIPTION:
            raise not_allowed(NO_SUBSCRIPTION, "on_active_subscription")
        return value

    @check("release")
    @classmethod
    def check_backup(cls, value: Release, info: ValidationInfo) -> Release:
        """A backup that cannot be taken would refuse every release later."""
        disks = [info.data.get("system_disk"), *(info.data.get("data_disks") or ())]
        local = [disk for disk in disks if disk is not None and is_local(disk.category)]
        if value.backup is not Backup.NONE and local:
            raise not_allowed(NO_BACKUP, "backup")
        return value

    @property
    def billing(self) -> Charge:
        """The billing method, in the domain's words."""
        return Charge(self.charge.type)

    @property
    def is_protected(self) -> bool:
        """Whether instances are created with deletion protection."""
        # Left out means the safe value, and only one billing method has protection.
        if self.deletion_protection is None:
            return self.billing is Charge.PAY_AS_YOU_GO
        return self.deletion_protection
