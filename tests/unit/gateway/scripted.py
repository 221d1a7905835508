"""A cloud that answers from a script, and a clock that only sleeping moves."""

import json
from collections.abc import Mapping
from typing import Any

from alibabacloud_tea_openapi.exceptions import ClientException, ServerException, ThrottlingException

from ecs_release.domain.facts import Cloud
from ecs_release.gateway.gateway import Gateway

DATE = "Mon, 23 Nov 2026 13:00:07 GMT"
CLOUD = Cloud("cn-hangzhou", "HTTP", *["127.0.0.1:8443"] * 4)


class Time:
    """A clock at zero; `slept` lists the pauses."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Script:
    """Stands in for the SDK client's call_api: a reply each call, the last one for ever."""

    def __init__(self) -> None:
        self.replies: list[Any] = [{}]
        self.actions: list[str] = []
        self.queries: list[dict[str, str]] = []
        self.headers: dict[str, str] = {"date": DATE}

    def answers(self, *replies: Any) -> None:
        self.replies = list(replies)

    def __call__(self, client: Any, params: Any, request: Any, runtime: Any) -> dict[str, Any]:
        self.actions.append(params.action)
        self.queries.append(dict(request.query))
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        text = reply if isinstance(reply, str) else json.dumps({"RequestId": "R-1", **reply})
        return {"body": text, "headers": self.headers, "statusCode": 200}


def gateway(time: Time, cloud: Cloud = CLOUD) -> Gateway:
    return Gateway(cloud, clock=time.clock, sleep=time.sleep)


def api_error(status: int, code: str, message: str = "The cloud says so.", **extra: Any) -> Exception:
    """What the SDK raises for an error reply."""
    data = {"RequestId": "R-9", "Code": code, "Message": message}
    family = ServerException if status >= 500 else ThrottlingException if extra else ClientException
    said = f"code: {status}, {message} request id: R-9"
    error: Exception = family(status_code=status, code=code, message=said, data=data, **extra)
    return error


def instance(instance_id: str = "i-1", **changes: Any) -> dict[str, Any]:
    """A row of DescribeInstances."""
    return {
        "InstanceId": instance_id,
        "Status": "Running",
        "InstanceChargeType": "PostPaid",
        "DeletionProtection": False,
        "AutoReleaseTime": "",
        "OperationLocks": {"LockReason": []},
        "Tags": {"Tag": []},
        "PublicIpAddress": {"IpAddress": []},
        "EipAddress": {"AllocationId": "", "IpAddress": ""},
        "NetworkInterfaces": {"NetworkInterface": []},
        **changes,
    }


def disk(disk_id: str = "d-1", **changes: Any) -> dict[str, Any]:
    """A row of DescribeDisks."""
    return {
        "DiskId": disk_id,
        "Type": "data",
        "Category": "cloud_essd",
        "Size": 40,
        "Status": "In_use",
        "InstanceId": "i-1",
        "DeleteWithInstance": True,
        "DeleteAutoSnapshot": False,
        "Portable": True,
        **changes,
    }


def tagged(instance_id: str, key: str = "ecs-release:group-id", value: str = "g-1") -> dict[str, Any]:
    """A row of DescribeInstances with one tag."""
    return instance(instance_id, Tags={"Tag": [{"TagKey": key, "TagValue": value}]})


def instances(*rows: Mapping[str, Any], next_token: str = "") -> dict[str, Any]:
    return {"Instances": {"Instance": list(rows)}, "NextToken": next_token}


def disks(*rows: Mapping[str, Any], next_token: str = "") -> dict[str, Any]:
    return {"Disks": {"Disk": list(rows)}, "NextToken": next_token}
