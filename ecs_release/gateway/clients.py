"""The SDK's clients for one cloud, made when first needed.

Imports the Alibaba Cloud SDKs, inside functions: they take two seconds, and a preview that
needs no call should not pay for them.
"""

import ipaddress
import threading
from functools import cached_property
from typing import Any

from ecs_release.domain.facts import Cloud
from ecs_release.gateway.errors import Unreachable

CONNECT_MILLISECONDS, READ_MILLISECONDS = 5_000, 20_000
USER_AGENT = "ecs-release/0.1.0"
BILLING_CHINA, BILLING_ELSEWHERE = "business.aliyuncs.com", "business.ap-southeast-1.aliyuncs.com"


def is_loopback(endpoint: str) -> bool:
    """Whether a `host:port` is on this machine."""
    host = endpoint.rpartition(":")[0] or endpoint
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def billing_endpoint(cloud: Cloud) -> str:
    """The billing host; the SDK's own table has gaps that lead to hosts nothing documents."""
    if cloud.bss:
        return cloud.bss
    return BILLING_CHINA if cloud.region.startswith("cn-") else BILLING_ELSEWHERE


class Clients:
    """One client per product, all from the default credential chain."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._lock = threading.Lock()

    def _config(self, endpoint: str) -> Any:
        """Raises Unreachable for an unencrypted endpoint that is not on this machine."""
        if self._cloud.protocol.upper() != "HTTPS" and not is_loopback(endpoint):
            raise Unreachable(
                "",
                f"{endpoint or 'the official endpoint'} is not called without TLS; remove alicloud:protocol",
            )
        from alibabacloud_tea_openapi.utils_models import Config

        return Config(
            credential=self._credential,
            region_id=self._cloud.region,
            endpoint=endpoint or None,
            protocol=self._cloud.protocol.lower(),
            user_agent=USER_AGENT,
            connect_timeout=CONNECT_MILLISECONDS,
            read_timeout=READ_MILLISECONDS,
        )

    @cached_property
    def _credential(self) -> Any:
        from alibabacloud_credentials.client import Client

        return Client()

    @cached_property
    def _ecs(self) -> Any:
        from alibabacloud_ecs20140526.client import Client

        return Client(self._config(self._cloud.ecs))

    @cached_property
    def _bss(self) -> Any:
        from alibabacloud_bssopenapi20171214.client import Client

        return Client(self._config(billing_endpoint(self._cloud)))

    @cached_property
    def _sts(self) -> Any:
        from alibabacloud_sts20150401.client import Client

        return Client(self._config(self._cloud.sts))

    # Imports and constructors run once, under the lock: four threads begin at the same moment.
    @property
    def ecs(self) -> Any:
        """The client for instances and disks; raises Unreachable."""
        with self._lock:
            return self._ecs

    @property
    def bss(self) -> Any:
        """The client for billing; raises Unreachable."""
        with self._lock:
            return self._bss

    @property
    def sts(self) -> Any:
        """The client for the caller's identity; raises Unreachable."""
        with self._lock:
            return self._sts
