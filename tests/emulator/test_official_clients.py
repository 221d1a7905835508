"""The official Python clients over the real wire."""

from __future__ import annotations

import json

import pytest
from alibabacloud_bssopenapi20171214 import models as bss
from alibabacloud_bssopenapi20171214.client import Client as BssClient
from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_ecs20140526.client import Client as EcsClient
from alibabacloud_sts20150401.client import Client as StsClient
from alibabacloud_tea_openapi.exceptions import ClientException, ThrottlingException
from alibabacloud_tea_openapi.utils_models import Config

from tests.emulator.cloud import IMAGE, REGION, Cloud, subscription


def config(cloud: Cloud, **more: str) -> Config:
    return Config(
        access_key_id="emulator",
        access_key_secret="emulator",
        endpoint=cloud.url.removeprefix("http://"),
        protocol="http",
        region_id=REGION,
        **more,
    )


@pytest.fixture(params=["v3", "v2"])
def client(request: pytest.FixtureRequest, cloud: Cloud) -> EcsClient:
    more = {} if request.param == "v3" else {"signature_algorithm": "v2"}
    return EcsClient(config(cloud, **more))


def test_an_instance_from_order_to_release(client: EcsClient, cloud: Cloud) -> None:
    network = cloud.network()
    order = ecs.RunInstancesRequest(
        region_id=REGION,
        image_id=IMAGE,
        instance_type="ecs.g7.large",
        v_switch_id=network["VSwitchId"],
        security_group_id=network["SecurityGroupId"],
        deletion_protection=False,
        tag=[ecs.RunInstancesRequestTag(key="role", value="web")],
        data_disk=[ecs.RunInstancesRequestDataDisk(size=40, delete_with_instance="false")],
    )
    (instance,) = client.run_instances(order).body.instance_id_sets.instance_id_set
    cloud.advance("PT2S")
    asked = ecs.DescribeInstancesRequest(region_id=REGION, instance_ids=json.dumps([instance]))
    (row,) = client.describe_instances(asked).body.instances.instance
    assert (row.status, row.tags.tag[0].tag_value, row.operation_locks.lock_reason) == ("Running", "web", [])
    release = ecs.DeleteInstancesRequest(region_id=REGION, instance_id=[instance], force=True)
    client.delete_instances(release)
    cloud.advance("PT2S")
    assert client.describe_instances(asked).body.instances.instance == []
    (disk,) = client.describe_disks(ecs.DescribeDisksRequest(region_id=REGION)).body.disks.disk
    assert (disk.status, disk.delete_with_instance) == ("Available", False)


def test_a_refusal_is_an_exception_with_its_code(client: EcsClient, cloud: Cloud) -> None:
    with pytest.raises(ClientException) as refused:
        client.delete_instance(ecs.DeleteInstanceRequest(instance_id="i-0", force=True))
    assert (refused.value.code, refused.value.status_code) == ("InvalidInstanceId.NotFound", 404)


def test_throttling_carries_its_wait(client: EcsClient, cloud: Cloud) -> None:
    cloud.control("faults", {"effect": {"code": "Throttling.User", "retry_after_ms": 100}})
    with pytest.raises(ThrottlingException) as throttled:
        client.describe_instances(ecs.DescribeInstancesRequest(region_id=REGION))
    assert (throttled.value.code, throttled.value.retry_after) == ("Throttling.User", 100)


def test_lists_and_flags_of_disks(client: EcsClient, cloud: Cloud) -> None:
    instance = cloud.run({"DataDisk.1.Size": 40})
    ids = [row["DiskId"] for row in cloud.disks(InstanceId=instance)]
    client.modify_disk_attribute(ecs.ModifyDiskAttributeRequest(disk_ids=ids, delete_with_instance=False))
    assert not any(row["DeleteWithInstance"] for row in cloud.disks())


def test_a_refund(cloud: Cloud) -> None:
    instance = cloud.run(subscription())
    order = bss.RefundInstanceRequest(
        instance_id=instance,
        product_code="ecs",
        product_type="",
        immediately_release="1",
        client_token="once",
    )
    reply = BssClient(config(cloud)).refund_instance(order).body
    assert (reply.success, reply.code) == (True, "Success")
    cloud.advance("PT2S")
    assert cloud.instances() == []


def test_who_am_i(cloud: Cloud) -> None:
    reply = StsClient(config(cloud)).get_caller_identity().body
    assert (reply.account_id, reply.identity_type) == ("1000000000000001", "Account")
