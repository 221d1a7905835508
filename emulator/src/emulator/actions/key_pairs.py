"""Key pairs (Ecs 2014-05-26)."""

from __future__ import annotations

import hashlib
import secrets

from emulator.actions.common import Paging, fits, new_tags_of, region_of, tags_of
from emulator.errors import ApiError, incorrect_status, invalid_parameter
from emulator.registry import Call, Reply, action
from emulator.resources import Instance
from emulator.resources.key_pair import KeyPair, key_pair_id

_CREATE = "Tag.N.Key Tag.N.Value ResourceGroupId"
_DESCRIBE = "KeyPairName KeyPairFingerPrint Tag.N.Key Tag.N.Value PageNumber PageSize"


@action("Ecs", "CreateKeyPair", _CREATE, required="RegionId KeyPairName")
def create_key_pair(call: Call) -> Reply:
    """CreateKeyPair: the private half is shown once, and here it opens nothing."""
    pair = _new(call, secrets.token_hex(32))
    body = "-----BEGIN RSA PRIVATE KEY-----\nopens nothing\n-----END RSA PRIVATE KEY-----"
    return {**pair.view(), "KeyPairId": pair.key_pair_name, "PrivateKeyBody": body}


@action("Ecs", "ImportKeyPair", _CREATE, required="RegionId KeyPairName PublicKeyBody")
def import_key_pair(call: Call) -> Reply:
    """ImportKeyPair: a public key that somebody has made."""
    key = call.parameters.text("PublicKeyBody")
    if not key.startswith(("ssh-rsa ", "ssh-ed25519 ", "ecdsa-")):
        raise ApiError(400, "InvalidPublicKeyBody.ValueNotSupported", "The public key is wrongly formed.")
    return _new(call, key).view()


def _new(call: Call, key: str) -> KeyPair:
    name, region = call.parameters.text("KeyPairName"), region_of(call)
    if not 2 <= len(name) <= 128 or not name[0].isalpha():
        raise ApiError(
            400, "InvalidKeyPairName.ValueNotSupported", f"The KeyPairName {name} is wrongly formed."
        )
    if _find(call, name) is not None:
        raise ApiError(400, "KeyPair.AlreadyExist", f"The key pair {name} already exists.")
    pair = KeyPair(
        id=key_pair_id(call.account, call.region, name),
        account_id=call.account,
        region_id=region,
        created_at=call.world.now,
        tags=new_tags_of(call.parameters),
        key_pair_name=name,
        public_key=key,
        # Not for safety: it only has to look like one and be stable.
        key_pair_finger_print=hashlib.sha256(key.encode()).hexdigest()[:32],
        resource_group_id=call.parameters.text("ResourceGroupId"),
    )
    call.world.store.add(pair)
    return pair


def _find(call: Call, name: str) -> KeyPair | None:
    return call.find(KeyPair, key_pair_id(call.account, call.region, name))


@action("Ecs", "DescribeKeyPairs", _DESCRIBE, required="RegionId", ignored="IncludePublicKey ResourceGroupId")
def describe_key_pairs(call: Call) -> Reply:
    """DescribeKeyPairs: by name with a star, fingerprint or tags; an unknown one is missing from the list."""
    parameters = call.parameters
    rows = call.world.store.owned(KeyPair, call.account, region_of(call), None, tags_of(parameters))
    name, finger = parameters.text("KeyPairName", "*"), parameters.text("KeyPairFingerPrint")
    chosen, reply = Paging(parameters, 50).cut(
        (seq, pair)
        for seq, pair in rows
        if fits(name, pair.key_pair_name) and finger in ("", pair.key_pair_finger_print)
    )
    return {**reply, "KeyPairs": {"KeyPair": [pair.view() for pair in chosen]}}


@action("Ecs", "DeleteKeyPairs", "", required="RegionId KeyPairNames")
def delete_key_pairs(call: Call) -> Reply:
    """DeleteKeyPairs: none that an instance uses; an unknown name is passed over."""
    # All are looked at before one is deleted.
    names = call.parameters.json_list("KeyPairNames", 100) or []
    pairs = [pair for pair in (_find(call, name) for name in names) if pair is not None]
    used = {one.key_pair_name for _, one in call.world.store.owned(Instance, call.account, call.region)}
    for pair in pairs:
        if pair.key_pair_name in used:
            text = f"The key pair {pair.key_pair_name} is attached to instances."
            raise ApiError(400, "DependencyViolation.KeyPair", text)
    for pair in pairs:
        call.world.store.remove(pair)
    return {}


@action("Ecs", "AttachKeyPair", "", required="RegionId KeyPairName InstanceIds")
def attach_key_pair(call: Call) -> Reply:
    """AttachKeyPair: counts from the next start of a running instance."""
    name = call.parameters.text("KeyPairName")
    if _find(call, name) is None:
        raise ApiError(404, "InvalidKeyPair.NotFound", f"The key pair {name} does not exist.")
    return _set(call, name)


@action("Ecs", "DetachKeyPair", "", required="RegionId KeyPairName InstanceIds")
def detach_key_pair(call: Call) -> Reply:
    """DetachKeyPair: from instances that have this one."""
    return _set(call, "")


def _set(call: Call, name: str) -> Reply:
    ids = call.parameters.json_list("InstanceIds", 50) or []
    if not ids:
        raise invalid_parameter("InstanceIds", "1 to 50 ids")
    results = []
    for identifier in ids:
        instance = call.find(Instance, identifier)
        if instance is None:
            raise ApiError(404, "InvalidInstanceIds.NotFound", f"The instance {identifier} does not exist.")
        if instance.status not in ("Running", "Stopped") or instance.releasing:
            raise incorrect_status(instance.id, instance.status, "Running, Stopped")
        instance.key_pair_name = name
        call.world.store.put(instance)
        results.append({"InstanceId": identifier, "Success": "true", "Code": "200", "Message": "successful"})
    counts = {
        "TotalCount": str(len(ids)),
        "FailCount": "0",
        "KeyPairName": call.parameters.text("KeyPairName"),
    }
    return {**counts, "Results": {"Result": results}}
