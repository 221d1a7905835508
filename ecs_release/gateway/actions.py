"""The table of all calls that the gateway makes: what each takes, and what it is for.

Imports the domain. What is not in it cannot be sent: a call looks up its product here. Rights are
named as the API's documentation of each action names them; a look is never narrowed by tags,
because who sees less than there is would take what lives for gone.
"""

from types import MappingProxyType

from ecs_release.domain.rights import Action, Command, Demand, Duty, Grant, Scope

ECS, STS, BSS, VPC, ACTIONTRAIL = "ecs", "sts", "bss", "vpc", "actiontrail"
ENDS = frozenset({Command.DESTROY, Command.UP})
# All of them look at everything that an end touches.
LOOKS = ENDS | {Command.PLAN, Command.PREVIEW}
# A refresh asks what a schedule and the flags of disks have become.
DRIFT = frozenset({Command.UP, Command.PREVIEW, Command.REFRESH})
LEFT = frozenset({Command.SURVIVORS, Command.RELEASE_SURVIVORS})
STRAYS = frozenset({Command.CLAIM, Command.DISOWN})
TIMES = frozenset({Command.EXTEND, Command.CANCEL})
SHOWN = frozenset({Command.STATUS, Command.CALENDAR})
SEES = LOOKS | SHOWN | STRAYS | TIMES | {Command.REFRESH, Command.ADOPT}
INSTANCE = ("instance",)


def _only(command: Command) -> frozenset[Command]:
    return frozenset({command})


def _look(name: str, *grants: Grant) -> Action:
    return Action(name, ECS, f"ecs:{name}", grants)


def _change(name: str, *grants: Grant, duty: Duty = Duty.NONE) -> Action:
    return Action(name, ECS, f"ecs:{name}", grants, changes=True, duty=duty)


def _ends(demand: Demand, *kinds: str, scope: Scope = Scope.TAGGED) -> Grant:
    return Grant(ENDS, demand, kinds or INSTANCE, scope)


def _deletes(name: str, kind: str) -> Action:
    # Receipts tell of things that never had our tags, so RAM cannot tell them either.
    return _change(name, Grant(_only(Command.RELEASE_SURVIVORS), kinds=(kind,)))


def _of_vpc(name: str, *grants: Grant, changes: bool = False) -> Action:
    return Action(name, VPC, f"vpc:{name}", grants, changes=changes)


_LOOKS = (
    # Anybody may ask who he is, and become whom a token makes him.
    Action("GetCallerIdentity", STS, "", (Grant(frozenset(Command) - {Command.JOURNAL}),)),
    Action("AssumeRoleWithOIDC", STS, "", (Grant(frozenset(Command) - {Command.JOURNAL}),)),
    _look("DescribeInstances", Grant(SEES)),
    _look("DescribeInstanceAttribute", Grant(LOOKS)),
    _look("DescribeDisks", Grant(LOOKS | LEFT | {Command.REFRESH, Command.ADOPT})),
    _look("DescribeSnapshots", Grant(LOOKS | LEFT)),
    _look("DescribeNetworkInterfaces", Grant(LOOKS | LEFT)),
    _look("DescribeImages", Grant(LEFT), Grant(LOOKS, Demand.IMAGE)),
    _look("DescribePrice", Grant(ENDS | LEFT | {Command.PLAN})),
    _look("DescribeInstanceAutoRenewAttribute", Grant(DRIFT, Demand.AT_EXPIRY)),
    _of_vpc("DescribeEipAddresses", Grant(LEFT), Grant(ENDS, Demand.KEPT_ADDRESS)),
    Action("LookupEvents", ACTIONTRAIL, "actiontrail:LookupEvents", (Grant(_only(Command.AUDIT)),)),
    Action(
        "QueryAvailableInstances",
        BSS,
        "bss:DescribeInstances",
        (Grant(LOOKS | {Command.REFRESH, Command.ADOPT}, Demand.SUBSCRIPTION),),
    ),
    Action(
        "InquiryPriceRefundInstance",
        BSS,
        "bss:RefundQueryRemainAmount",
        (Grant(LOOKS, Demand.REFUND),),
    ),
)
# What an `up` that was killed has left of a network carries a mark in its description, and no tags.
_NETWORKS = (
    _look("DescribeSecurityGroups", Grant(LEFT)),
    _of_vpc("DescribeVSwitches", Grant(LEFT)),
    _of_vpc("DescribeVpcs", Grant(LEFT)),
    _deletes("DeleteSecurityGroup", "securitygroup"),
    _of_vpc("DeleteVSwitch", Grant(_only(Command.RELEASE_SURVIVORS), kinds=("vswitch",)), changes=True),
    _of_vpc("DeleteVpc", Grant(_only(Command.RELEASE_SURVIVORS), kinds=("vpc",)), changes=True),
)
_CHANGES = (
    _change("DeleteInstances", _ends(Demand.ALWAYS), duty=Duty.RELEASES),
    _change("ModifyInstanceAttribute", _ends(Demand.LIFT), duty=Duty.LIFTS),
    _change("StopInstances", _ends(Demand.STOP_AND_REFUND)),
    _change("ModifyInstanceChargeType", _ends(Demand.CONVERT)),
    _change("ConvertNatPublicIpToEip", _ends(Demand.KEPT_ADDRESS)),
    # Billing knows neither resources nor tags: who may refund one subscription may refund them all.
    Action(
        "RefundInstance",
        BSS,
        "bss:RefundBatchRemainRefund",
        (Grant(ENDS, Demand.REFUND),),
        changes=True,
        duty=Duty.RELEASES,
        aliases=("bssapi:RefundInstance",),
    ),
    # Of the disks of an instance only those that stay are tagged.
    _change("ModifyDiskAttribute", _ends(Demand.ALWAYS, "disk", scope=Scope.OPEN)),
    _change("CreateSnapshot", _ends(Demand.SNAPSHOTS, "disk", "snapshot", scope=Scope.TAGGING)),
    _change(
        "CreateImage",
        _ends(Demand.IMAGE),
        _ends(Demand.IMAGE, "image", "snapshot", scope=Scope.TAGGING),
    ),
    _change(
        "ModifyInstanceAutoReleaseTime",
        Grant(TIMES | {Command.UP}, Demand.CAN_BE_TIMED, INSTANCE, Scope.TAGGED),
        duty=Duty.GOES_AROUND,
    ),
    _change(
        "ModifyInstanceAutoRenewAttribute",
        Grant(_only(Command.UP), Demand.AT_EXPIRY, INSTANCE, Scope.TAGGED),
        duty=Duty.GOES_AROUND,
    ),
    _change(
        "TagResources",
        # What a destroy had to leave is marked; it carries the tags already.
        _ends(Demand.ALWAYS),
        Grant(_only(Command.UP), Demand.KEPT_DISK, ("disk",), Scope.TAGGING),
        Grant(_only(Command.CLAIM), Demand.ALWAYS, INSTANCE, Scope.TAGGED),
        Grant(_only(Command.ADOPT), Demand.ALWAYS, INSTANCE, Scope.TAGGING),
    ),
    _change("UntagResources", Grant(_only(Command.DISOWN), Demand.ALWAYS, INSTANCE, Scope.TAGGED)),
    _deletes("DeleteDisk", "disk"),
    _deletes("DeleteSnapshot", "snapshot"),
    _deletes("DeleteImage", "image"),
    _deletes("DeleteNetworkInterface", "eni"),
    _of_vpc("ReleaseEipAddress", Grant(_only(Command.RELEASE_SURVIVORS), kinds=("eip",)), changes=True),
)
ACTIONS = MappingProxyType({action.name: action for action in (*_LOOKS, *_NETWORKS, *_CHANGES)})
