"""The official Python clients of RAM, STS and ResourceManager, on the way to a release by a role."""

from __future__ import annotations

import json
from typing import Any

import pytest
from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_ecs20140526.client import Client as EcsClient
from alibabacloud_ram20150501 import models as ram
from alibabacloud_ram20150501.client import Client as RamClient
from alibabacloud_resourcemanager20200331 import models as groups
from alibabacloud_resourcemanager20200331.client import Client as GroupsClient
from alibabacloud_sts20150401 import models as sts
from alibabacloud_sts20150401.client import Client as StsClient
from alibabacloud_tea_openapi.exceptions import ClientException
from alibabacloud_tea_openapi.utils_models import Config

from tests.emulator.cloud import REGION, Cloud
from tests.emulator.ram import allow, document, trusting


def config(cloud: Cloud, key: str = "emulator", secret: str = "emulator", token: str | None = None) -> Config:
    return Config(
        access_key_id=key,
        access_key_secret=secret,
        security_token=token,
        endpoint=cloud.url.removeprefix("http://"),
        protocol="http",
        region_id=REGION,
    )


def releaser(cloud: Cloud) -> Any:
    """Make a role that may release, and a user that may take it on; return the user's key."""
    client = RamClient(config(cloud))
    client.create_user(ram.CreateUserRequest(user_name="alice"))
    tag = [ram.CreateRoleRequestTag(key="team", value="web")]
    role = ram.CreateRoleRequest(role_name="releaser", assume_role_policy_document=trusting(), tag=tag)
    client.create_role(role)
    text = document(allow(["ecs:DescribeInstances", "ecs:DeleteInstances"]))
    client.create_policy(ram.CreatePolicyRequest(policy_name="release", policy_document=text))
    held = {"policy_name": "release", "policy_type": "Custom"}
    client.attach_policy_to_role(ram.AttachPolicyToRoleRequest(role_name="releaser", **held))
    assuming = {"policy_name": "AliyunSTSAssumeRoleAccess", "policy_type": "System"}
    client.attach_policy_to_user(ram.AttachPolicyToUserRequest(user_name="alice", **assuming))
    return client.create_access_key(ram.CreateAccessKeyRequest(user_name="alice")).body.access_key


def test_a_release_by_a_role(cloud: Cloud) -> None:
    instance, key = cloud.run(), releaser(cloud)
    cloud.control("settings", {"enforce_ram": True})
    alice = config(cloud, key.access_key_id, key.access_key_secret)
    delete = ecs.DeleteInstancesRequest(region_id=REGION, instance_id=[instance], force=True)
    with pytest.raises(ClientException) as refused:
        EcsClient(alice).delete_instances(delete)
    assert (refused.value.code, refused.value.status_code) == ("Forbidden.RAM", 403)
    assert refused.value.access_denied_detail["AuthAction"] == "ecs:DeleteInstances"
    arn = "acs:ram::1000000000000001:role/releaser"
    given = StsClient(alice).assume_role(sts.AssumeRoleRequest(role_arn=arn, role_session_name="nightly"))
    temporary = given.body.credentials
    session = config(cloud, temporary.access_key_id, temporary.access_key_secret, temporary.security_token)
    assert StsClient(session).get_caller_identity().body.identity_type == "AssumedRoleUser"
    EcsClient(session).delete_instances(delete)
    cloud.advance("PT2S")
    asked = ecs.DescribeInstancesRequest(region_id=REGION, instance_ids=json.dumps([instance]))
    assert EcsClient(session).describe_instances(asked).body.instances.instance == []


def test_lists_of_ram(cloud: Cloud) -> None:
    releaser(cloud)
    client = RamClient(config(cloud))
    (role,) = client.list_roles(
        ram.ListRolesRequest(tag=[ram.ListRolesRequestTag(key="team")])
    ).body.roles.role
    assert (role.role_name, role.tags.tag[0].tag_value) == ("releaser", "web")
    names = ram.ListTagResourcesRequest(resource_type="role", resource_names=["releaser"])
    (row,) = client.list_tag_resources(names).body.tag_resources
    assert (row.resource_name, row.tag_key, row.tag_value) == ("releaser", "team", "web")
    client.untag_resources(
        ram.UntagResourcesRequest(resource_type="role", resource_names=["releaser"], tag_keys=["team"])
    )
    assert client.list_tag_resources(names).body.tag_resources == []
    entities = client.list_entities_for_policy(
        ram.ListEntitiesForPolicyRequest(policy_name="release", policy_type="Custom")
    ).body
    assert [one.role_name for one in entities.roles.role] == ["releaser"]
    assert entities.users.user == []


def test_what_is_missing_is_an_exception_with_its_code(cloud: Cloud) -> None:
    with pytest.raises(ClientException) as missing:
        RamClient(config(cloud)).get_role(ram.GetRoleRequest(role_name="none"))
    assert (missing.value.code, missing.value.status_code) == ("EntityNotExist.Role", 404)


def test_the_default_resource_group(cloud: Cloud) -> None:
    client = GroupsClient(config(cloud))
    asked = groups.ListResourceGroupsRequest(page_number=1, page_size=50, status="OK")
    (group,) = client.list_resource_groups(asked).body.resource_groups.resource_group
    one = client.get_resource_group(groups.GetResourceGroupRequest(resource_group_id=group.id)).body
    assert (one.resource_group.name, one.resource_group.account_id) == ("default", "1000000000000001")
