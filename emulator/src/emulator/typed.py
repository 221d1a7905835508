"""Parameters that have the same type in every action, so that a wrong value is refused whoever reads it.

Imports names and errors. A parameter with a code of its own for a wrong value is read by its action instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from emulator.errors import invalid_parameter
from emulator.names import words

# The models of the official clients call all of these booleans, also where nothing here obeys them.
FLAGS = frozenset(
    words(
        "All AllocatePublicIp AllowConsoleLogin AllowMigrateAcrossZone Async AutoPay AutoRenew "
        "AutoStartInstance Bootable BurstingEnabled CascadingDelete ConfirmStop DeleteAutoSnapshot "
        "DeleteOnRelease DeleteWithInstance DeletionProtection DisableInstantAccess DryRun "
        "EnableAutoSnapshot EnableAutomatedSnapshotPolicy EnableCrossRegionCopy EnableHighDensityMode "
        "EnableIpv6 EnableJumboFrame EnableShared Encrypted Force ForceReboot ForceStop IncludeDataDisks "
        "IncludeOrganizationTrail IncludePublicKey IncludeShadowTrails IncludeTags InitLocalDisk "
        "InstantAccess IsBillingItem IsDefault IsDetailFee IsHideZeroCharge IsOrganizationTrail IsPublic "
        "IsSupportCloudinit IsSupportIoOptimized IsTrailAllRegion LoginAsNonRoot "
        "MigrateAcrossZone NewAllowConsoleLogin NotifyOnMaintenance PasswordInherit Portable "
        "ProtectionEnable RebootWhenFinished Recyclable RemoveFromDeploymentSet SetAsDefault ShowExpired "
        "SourceDestCheck TerminateSubscription UniqueSuffix Usable UseAdditionalService Verbose Visible "
        "WaitForNetworkConfigurationReady"
    )
)
NUMBERS = frozenset(
    words(
        "DeploymentSetGroupNo GroupCount HttpPutResponseHopLimit Ipv4PrefixCount Ipv6AddressCount "
        "Ipv6PrefixCount NetworkCardIndex QueueNumber QueuePairNumber RxQueueSize TxQueueSize"
    )
)
CHOICES = {
    "Affinity": ("default", "host"),
    "CreditSpecification": ("Standard", "Unlimited"),
    "HttpEndpoint": ("enabled", "disabled"),
    "HttpTokens": ("optional", "required"),
    "IoOptimized": ("none", "optimized"),
    "MatchCriteria": ("Open", "Target", "None"),
    "NicType": ("intranet", "internet"),
    "SecurityEnhancementStrategy": ("Active", "Deactive"),
    "Tenancy": ("default", "host"),
    "TopologyType": ("ContinuousCoreToHTMapping", "DiscreteCoreToHTMapping"),
}
_NUMBER = re.compile("-?[0-9]{1,9}")


def check_types(values: Mapping[str, str]) -> None:
    """Refuse a value that is none of its parameter's type; an empty one is absent."""
    for name, value in values.items():
        last = name.rpartition(".")[2]
        if not value:
            continue
        if last in FLAGS and value.lower() not in ("true", "false"):
            raise invalid_parameter(name, f"{value} is not a boolean")
        if last in NUMBERS and not _NUMBER.fullmatch(value):
            raise invalid_parameter(name, f"{value} is not a number")
        if last in CHOICES and value not in CHOICES[last]:
            raise invalid_parameter(name, f"{value} is not one of {', '.join(CHOICES[last])}")
