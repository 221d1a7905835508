"""Identity providers that speak OIDC (Ims 2019-08-15)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from emulator.actions.ram_common import fault, new_number, page, text_of, wrong
from emulator.registry import Call, Reply, action
from emulator.resources.oidc import OidcProvider
from emulator.rules.directory import named

_MOST_PROVIDERS, _MOST_CLIENTS, _MOST_FINGERPRINTS = 100, 50, 5
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?")
_CLIENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}")
_FINGERPRINT = re.compile(r"[A-Za-z0-9]{1,128}")
_LONGEST_URL, _MOST_DESCRIPTION = 255, 256
_SHORTEST_LIMIT, _USUAL_LIMIT, _LONGEST_LIMIT = 1, 12, 168
_ENTITY = "OIDCProvider"


@action(
    "Ims",
    "CreateOIDCProvider",
    "ClientIds Description Fingerprints IssuanceLimitTime",
    required="OIDCProviderName IssuerUrl",
)
def create_oidc_provider(call: Call) -> Reply:
    """CreateOIDCProvider: whose tokens AssumeRoleWithOIDC takes; an issuer once in an account."""
    name, now = _new_name(call), call.world.now
    provider = OidcProvider(
        id=new_number("6"),
        account_id=call.account,
        region_id="",
        created_at=now,
        updated_at=now,
        name=name,
        issuer_url=_new_issuer(call),
        description=text_of(call, "Description", "", _MOST_DESCRIPTION),
        client_ids=_listed(call, "ClientIds", _CLIENT, _MOST_CLIENTS),
        fingerprints=_listed(call, "Fingerprints", _FINGERPRINT, _MOST_FINGERPRINTS),
        issuance_limit_time=_limit(call, _USUAL_LIMIT),
    )
    call.world.store.add(provider)
    return {"OIDCProvider": provider.view()}


@action("Ims", "GetOIDCProvider", required="OIDCProviderName")
def get_oidc_provider(call: Call) -> Reply:
    """GetOIDCProvider: one provider."""
    return {"OIDCProvider": _provider(call).view()}


@action("Ims", "ListOIDCProviders", "Marker MaxItems")
def list_oidc_providers(call: Call) -> Reply:
    """ListOIDCProviders: all providers of the account, by marker."""
    providers, more = page(call, call.world.store.owned(OidcProvider, call.account))
    return {**more, "OIDCProviders": {"OIDCProvider": [one.view() for one in providers]}}


@action(
    "Ims", "UpdateOIDCProvider", "ClientIds NewDescription IssuanceLimitTime", required="OIDCProviderName"
)
def update_oidc_provider(call: Call) -> Reply:
    """UpdateOIDCProvider: clients, description, how old a token may be."""
    provider = _provider(call)
    if call.parameters.given("ClientIds"):
        provider.client_ids = _listed(call, "ClientIds", _CLIENT, _MOST_CLIENTS)
    provider.description = text_of(call, "NewDescription", provider.description, _MOST_DESCRIPTION)
    provider.issuance_limit_time = _limit(call, provider.issuance_limit_time)
    provider.updated_at = call.world.now
    call.world.store.put(provider)
    return {"OIDCProvider": provider.view()}


@action("Ims", "DeleteOIDCProvider", required="OIDCProviderName")
def delete_oidc_provider(call: Call) -> Reply:
    """DeleteOIDCProvider: its tokens are taken no more; sessions live on."""
    call.world.store.remove(_provider(call))
    return {}


def _provider(call: Call) -> OidcProvider:
    found = named(call.world, OidcProvider, call.account, call.parameters.text("OIDCProviderName"))
    if found is None:
        raise fault("EntityNotExist", _ENTITY)
    return found


def _new_name(call: Call) -> str:
    name = call.parameters.text("OIDCProviderName")
    if not _NAME.fullmatch(name):
        raise wrong("OIDCProviderName", ".InvalidChars", "contains invalid chars")
    if named(call.world, OidcProvider, call.account, name) is not None:
        raise fault("EntityAlreadyExists", _ENTITY)
    if sum(1 for _ in call.world.store.owned(OidcProvider, call.account)) >= _MOST_PROVIDERS:
        raise fault("LimitExceeded", _ENTITY)
    return name


def _new_issuer(call: Call) -> str:
    url = text_of(call, "IssuerUrl", "", _LONGEST_URL)
    try:
        parts = urlsplit(url)
    except ValueError:
        raise wrong("IssuerUrl", "", "is incorrect") from None
    # No query, no fragment, nobody's name: the address itself is the issuer's name in each token.
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise wrong("IssuerUrl", "", "is incorrect")
    if any(one.issuer_url == url for _, one in call.world.store.owned(OidcProvider, call.account)):
        raise fault("EntityAlreadyExists", _ENTITY, "IssuerUrl")
    return url


def _listed(call: Call, parameter: str, form: re.Pattern[str], most: int) -> list[str]:
    items = [one for one in call.parameters.text(parameter).split(",") if one]
    if len(items) > most:
        raise fault("LimitExceeded", _ENTITY, parameter)
    if not all(form.fullmatch(one) for one in items):
        raise wrong(parameter, ".InvalidChars", "contains invalid chars")
    return items


def _limit(call: Call, default: int) -> int:
    code = "InvalidParameter.IssuanceLimitTime"
    return call.parameters.number("IssuanceLimitTime", default, _SHORTEST_LIMIT, _LONGEST_LIMIT, code)
