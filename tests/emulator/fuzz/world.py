"""A world with something of each kind, and what happens in it without a call."""

from __future__ import annotations

import random
from typing import Any

from tests.emulator.cloud import subscription
from tests.emulator.fuzz.values import FEDERATED, PATTERN, ZONE, Known
from tests.emulator.inside import Inside
from tests.emulator.issuer import AUDIENCE, ISSUER, Issuer
from tests.emulator.ram import LOOK, allow, document, granted, made, trusting

LOCKS = ["financial", "security", "Recycling", "refunded"]
BLOCKS = ["slb-configuring", "route-entry", "eni-linked", "system-managed", "volumes-attached"]
MAINTENANCE = ["SystemMaintenance.Reboot", "SystemFailure.Reboot", "SystemFailure.Delete"]
DURATIONS = ["PT1S"] * 9 + ["PT2S"] * 9 + ["PT1M"] * 4 + ["PT1H", "PT12H", "P1D", "P9D", "P40D"]


def populate(cloud: Inside, issuer: Issuer) -> None:
    """Make one of everything, some of it in more than one state."""
    cloud.stand_still()
    network = cloud.network()
    running = cloud.run({**network, "DataDisk.1.Size": 20, "InternetMaxBandwidthOut": 5})
    _instances(cloud, network, running)
    _storage(cloud, network, running)
    _things(cloud, network)
    _people(cloud)
    _trust(cloud, issuer)
    _events(cloud)
    # Cleared of what the making has left open.
    cloud.advance("PT1M")
    cloud.control("settings", {"enforce_ram": True})


def _instances(cloud: Inside, network: dict[str, str], running: str) -> None:
    for order in ({}, {"DataDisk.1.Size": 20}):
        cloud.stopped({**network, **order})
    cloud.run({**network, **subscription(AutoRenew=True, InternetMaxBandwidthOut=5)})
    cloud.stopped({**network, **subscription(), "DataDisk.1.Size": 20})
    cloud.run({**network, "SpotStrategy": "SpotAsPriceGo"})
    vpc = cloud.instance(running)["VpcAttributes"]["VpcId"]
    place = {"VpcId": vpc, "CidrBlock": "10.0.16.0/20", "ZoneId": ZONE}
    cloud.good("CreateVSwitch", place, "Vpc")
    cloud.good("CreateSecurityGroup", {"VpcId": vpc})


def _storage(cloud: Inside, network: dict[str, str], running: str) -> None:
    for _ in range(2):
        cloud.good("CreateDisk", {"ZoneId": ZONE, "Size": 20})
    (system,) = cloud.disks(InstanceId=running, DiskType="system")
    cloud.good("CreateSnapshot", {"DiskId": system["DiskId"]})
    cloud.advance("PT1M")
    cloud.good("CreateImage", {"InstanceId": running})
    cloud.advance("PT1M")
    cloud.good("CreateSnapshotGroup", {"InstanceId": running})
    cloud.good(
        "CreateAutoSnapshotPolicy",
        {"timePoints": '["1"]', "repeatWeekdays": '["1"]', "retentionDays": "-1"},
    )


def _things(cloud: Inside, network: dict[str, str]) -> None:
    for _ in range(2):
        cloud.good("AllocateEipAddress", {}, "Vpc")
        cloud.good("CreateNetworkInterface", network)
    cloud.good("CreateKeyPair", {"KeyPairName": "pair"})
    cloud.good("CreateDeploymentSet")


def _people(cloud: Inside) -> None:
    made(cloud, "CreateUser", UserName="reader")
    made(cloud, "CreateUser", UserName="operator")
    made(cloud, "CreateGroup", GroupName="readers")
    made(cloud, "CreateRole", RoleName="looker", AssumeRolePolicyDocument=trusting())
    made(cloud, "CreateAccessKey", UserName="reader")
    granted(cloud, "User", "reader", "look", LOOK)
    granted(cloud, "User", "operator", "everything", document(allow("*")))
    made(cloud, "CreatePolicyVersion", PolicyName="look", PolicyDocument=LOOK)


def _trust(cloud: Inside, issuer: Issuer) -> None:
    provider = {"OIDCProviderName": "pipeline", "IssuerUrl": ISSUER, "ClientIds": AUDIENCE}
    cloud.good("CreateOIDCProvider", {**provider, "Fingerprints": "902ef2"}, "Ims")
    made(cloud, "CreateRole", RoleName="federated", AssumeRolePolicyDocument=FEDERATED)
    cloud.event(publish=issuer.published)


def _events(cloud: Inside) -> None:
    cloud.good("CreateEventBus", {"EventBusName": "shop"}, "EventBridge")
    rule = {"EventBusName": "default", "RuleName": "alarm", "FilterPattern": PATTERN}
    cloud.good("CreateRule", rule, "EventBridge")
    cloud.good("CreateTrail", {"Name": "audit-trail", "OssBucketName": "audit-logs"}, "Actiontrail")


def happening(rng: random.Random, known: Known) -> tuple[str, Any]:
    """Return a control call: mostly time that passes, sometimes what the cloud does by itself."""
    if rng.random() < 0.75:
        return "clock", {"advance": rng.choice(DURATIONS)}
    instance = known.of("InstanceId", rng) or "i-0"
    return "events", rng.choice(
        [
            {"expire": instance},
            {"lock": [instance, rng.choice(LOCKS)]},
            *[{"unlock": [instance, lock]} for lock in LOCKS],
            {"reclaim": instance},
            {"block": [instance, rng.choice(BLOCKS)]},
            *[{"unblock": [instance, block]} for block in BLOCKS],
            {"maintain": [instance, rng.choice(MAINTENANCE)]},
            {"fail": known.of("SnapshotId", rng) or "s-0"},
            {"linger": instance},
            {"pay": instance},
            {"overdue": True},
            # Soon paid again, or most orders would be refused for it.
            *[{"overdue": False}] * 9,
        ]
    )
