"""The SDK's clients for one cloud, made when first needed.

Imports the Alibaba Cloud SDKs, inside functions: they take up to two seconds, and a preview that
needs no call should not pay for them. Imported by `call` and `gateway`.
"""

import ipaddress
import logging
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ecs_release.domain.facts import Cloud
from ecs_release.gateway.errors import CannotCall

USER_AGENT = "ecs-release/0.1.0"
# Short, because each attempt is repeated; a dead host must not eat the whole patience.
CONNECT_SECONDS, READ_SECONDS, SHORTEST_SECONDS = 5.0, 10.0, 1.0
BY_TOKEN = ("ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE")
BILLING_CHINA, BILLING_ELSEWHERE = "business.aliyuncs.com", "business.ap-southeast-1.aliyuncs.com"


@dataclass(frozen=True, slots=True)
class Product:
    """An API: its name in `Cloud`, its version."""

    name: str
    version: str


ECS = Product("ecs", "2014-05-26")
STS = Product("sts", "2015-04-01")
BSS = Product("bss", "2017-12-14")
VPC = Product("vpc", "2016-04-28")
ACTIONTRAIL = Product("actiontrail", "2020-07-06")
PRODUCTS = {product.name: product for product in (ECS, STS, BSS, VPC, ACTIONTRAIL)}
NO_OTHERS: Mapping[Product, str] = MappingProxyType({})


def is_loopback(endpoint: str) -> bool:
    """Whether a `host:port` is on this machine."""
    host = endpoint.rpartition(":")[0] or endpoint
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def endpoint_of(product: Product, cloud: Cloud, others: Mapping[Product, str] = NO_OTHERS) -> str:
    """The `host:port` of a product, "" for the SDK's own; raises CannotCall for an unsafe one.

    `others` has the hosts of products that no record of a group knows.
    """
    known = {ECS: cloud.ecs, STS: cloud.sts, BSS: cloud.bss, VPC: cloud.vpc, **others}
    # A cloud of which only some hosts are known must not send the rest to the official one.
    if any(known.values()) and not known[product]:
        named = ", ".join(other.name for other, host in known.items() if host)
        raise CannotCall(
            "",
            f"no endpoint of {product.name} is known beside those of {named}; give it in alicloud:endpoints",
        )
    endpoint = known[product] or (_billing(cloud.region) if product is BSS else "")
    # The SDK lets a scheme in the endpoint win over the protocol.
    if "/" in endpoint:
        raise CannotCall("", f"the endpoint {endpoint!r} is not host:port; correct alicloud:endpoints")
    if cloud.protocol.upper() != "HTTPS" and not is_loopback(endpoint):
        name = endpoint or f"the official {product.name} endpoint"
        raise CannotCall("", f"{name} is not called without TLS; remove alicloud:protocol")
    return endpoint


def _billing(region: str) -> str:
    # The SDK's own table has gaps that lead to hosts nothing documents.
    return BILLING_CHINA if region.startswith("cn-") else BILLING_ELSEWHERE


class Clients:
    """One client per product, all from one default credential chain or without any; safe for threads."""

    def __init__(
        self, cloud: Cloud, others: Mapping[Product, str] = NO_OTHERS, *, anonymous: bool = False
    ) -> None:
        self._cloud, self._others, self._anonymous = cloud, others, anonymous
        self._lock = threading.Lock()
        self._made: dict[Product, Any] = {}
        self._credential: Any = None

    def send(self, product: Product, action: str, parameters: Mapping[str, Any], seconds: float) -> Any:
        """One request, at most `seconds` long; raises the SDK's exceptions and CannotCall."""
        client = self._client(product)
        from alibabacloud_tea_openapi.utils import Utils
        from alibabacloud_tea_openapi.utils_models import OpenApiRequest
        from darabonba.runtime import RuntimeOptions

        # Connecting and reading each get half, so that a call cannot outlast its time.
        half = max(seconds / 2, SHORTEST_SECONDS)
        runtime = RuntimeOptions(
            connect_timeout=int(1000 * min(CONNECT_SECONDS, half)),
            read_timeout=int(1000 * min(READ_SECONDS, half)),
        )
        request = OpenApiRequest(query=Utils.query(dict(parameters)))
        return client.call_api(self._parameters_of_call(product, action), request, runtime)

    def _client(self, product: Product) -> Any:
        # Under the lock: four threads begin at the same moment, and the first pays for the import.
        with self._lock:
            if product not in self._made:
                self._made[product] = self._make(product, endpoint_of(product, self._cloud, self._others))
            return self._made[product]

    def _make(self, product: Product, endpoint: str) -> Any:
        if not self._anonymous:
            self._credential = self._credential or _default_credentials(self._cloud.sts)
        from alibabacloud_tea_openapi.utils_models import Config

        config = Config(
            credential=self._credential,
            region_id=self._cloud.region,
            endpoint=endpoint or None,
            protocol=self._cloud.protocol.lower(),
            user_agent=USER_AGENT,
        )
        return _client_class(product, official=not endpoint)(config)

    def _parameters_of_call(self, product: Product, action: str) -> Any:
        from alibabacloud_tea_openapi.utils_models import Params

        # A body as text: the SDK's models fill missing lists with empty ones.
        return Params(
            action=action,
            version=product.version,
            protocol="HTTPS",
            pathname="/",
            method="POST",
            auth_type="Anonymous" if self._anonymous else "AK",
            style="RPC",
            req_body_type="formData",
            body_type="string",
        )


def _client_class(product: Product, *, official: bool) -> Any:
    """The product's own client only where its table of endpoints is needed: it loads in 2 s, not 0.8."""
    if not official:
        from alibabacloud_tea_openapi.client import Client
    elif product is STS:
        from alibabacloud_sts20150401.client import Client
    elif product is VPC:
        from alibabacloud_vpc20160428.client import Client
    elif product is ACTIONTRAIL:
        from alibabacloud_actiontrail20200706.client import Client
    else:
        from alibabacloud_ecs20140526.client import Client
    return Client


def _default_credentials(sts: str) -> Any:
    # Read from the environment when imported, so not before the first call.
    from alibabacloud_credentials.client import Client

    # It logs whole tracebacks when a machine has no role; our error says it in a line.
    logging.getLogger("credentials").setLevel(logging.CRITICAL + 1)
    return Client(_role_by_token(sts, os.environ))


def _role_by_token(sts: str, environment: Mapping[str, str]) -> Any:
    """The chain's own way to a role by token, at a configured host; None where the chain itself will do.

    The chain would show the token to the official host, whatever cloud the rest of the calls go to.
    """
    given = [environment.get(name) for name in BY_TOKEN]
    if not sts or not all(given) or environment.get("ALIBABA_CLOUD_ACCESS_KEY_ID"):
        return None
    from alibabacloud_credentials.models import Config

    role, provider, file = given
    return Config(
        type="oidc_role_arn",
        role_arn=role,
        oidc_provider_arn=provider,
        oidc_token_file_path=file,
        role_session_name=environment.get("ALIBABA_CLOUD_ROLE_SESSION_NAME") or "ecs-release",
        sts_endpoint=sts,
    )
