"""Keys as RAM and STS gave them out: whose they are, whether they still work, and their secrets.

Imports accounts, resources and world.
"""

from __future__ import annotations

import secrets

from emulator.accounts import Identity, identify, unknown_key
from emulator.errors import ApiError
from emulator.resources.ram import AccessKey, RamUser, RoleSession
from emulator.world import World

# No key of the cloud has dots, so none of these can be taken for a real one.
KEY, SESSION, TOKEN = "emulator.key.", "emulator.sts.", "emulator.token."


def signer(world: World, access_key_id: str, token: str) -> Identity:
    """Return who signs with a key and a security token; ApiError if they are not, or no longer, good."""
    if access_key_id.startswith(SESSION):
        return _of_session(world, access_key_id, token)
    if token and access_key_id.startswith(KEY):
        raise _mismatch()
    if access_key_id.startswith(KEY):
        return _of_key(world, access_key_id)
    identity = identify(access_key_id)
    if not identity.user:
        return identity
    known = world.store.under(RamUser, f"{identity.account_id}/{identity.user}")
    return _user(access_key_id, known[0]) if known else identity


def secret_of(world: World, access_key_id: str) -> str | None:
    """Return the secret that belongs to a key, or None where any secret will do."""
    if access_key_id.startswith(KEY):
        key = world.store.get(AccessKey, access_key_id)
        return key.secret if key else None
    session = world.store.get(RoleSession, access_key_id)
    return session.secret if session else None


def new_secret(prefix: str = "emulator.secret.") -> str:
    """Return something nobody can guess, which says where it comes from."""
    return prefix + secrets.token_hex(16)


def _of_key(world: World, access_key_id: str) -> Identity:
    key = world.store.get(AccessKey, access_key_id)
    if key is None:
        raise unknown_key()
    if key.status != "Active":
        raise ApiError(403, "InvalidAccessKeyId.Inactive", "Specified access key is disabled.")
    user = world.store.get(RamUser, key.user_id)
    if user is None:
        raise unknown_key()
    return _user(access_key_id, user)


def _user(access_key_id: str, user: RamUser) -> Identity:
    return Identity(access_key_id, user.account_id, user.user_name, user.id)


def _of_session(world: World, access_key_id: str, token: str) -> Identity:
    session = world.store.get(RoleSession, access_key_id)
    if session is None:
        raise unknown_key()
    if not token:
        raise ApiError(400, "MissingSecurityToken", "SecurityToken is mandatory for this action.")
    if not token.startswith(TOKEN):
        raise ApiError(400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.")
    if token != session.token:
        raise _mismatch()
    if world.now >= session.expires_at:
        raise ApiError(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
    return Identity(
        access_key_id,
        session.account_id,
        role=session.role_name,
        role_id=session.role_id,
        session=session.session_name,
        session_policy=session.policy,
    )


def _mismatch() -> ApiError:
    text = "Specified SecurityToken mismatch with the AccessKey."
    return ApiError(400, "InvalidSecurityToken.MismatchWithAccessKey", text)
