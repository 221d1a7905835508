"""Where calls go, and where they never go."""

import subprocess
import sys

import pytest

from ecs_release.domain.facts import Cloud
from ecs_release.gateway.clients import BSS, ECS, STS, Clients, Product, endpoint_of, is_loopback
from ecs_release.gateway.errors import CannotCall

LOOPBACK = Cloud("cn-hangzhou", "HTTP", "127.0.0.1:1", "localhost:1", "[::1]:1")


@pytest.mark.parametrize(
    ("endpoint", "loopback"),
    [
        ("127.0.0.1:8443", True),
        ("127.0.0.1", True),
        ("127.9.9.9:1", True),
        ("[::1]:8443", True),
        ("localhost:8443", True),
        ("", False),
        ("10.0.0.1:8443", False),
        ("localhost.example.com:80", False),
        ("127.0.0.1.example.com", False),
        ("127.0.0.1@example.com:80", False),
    ],
)
def test_loopback_is_this_machine_only(endpoint: str, loopback: bool) -> None:
    assert is_loopback(endpoint) is loopback


@pytest.mark.parametrize(
    ("cloud", "product", "endpoint"),
    [
        (Cloud("cn-hangzhou"), ECS, ""),
        (Cloud("cn-hangzhou"), STS, ""),
        (Cloud("cn-hangzhou"), BSS, "business.aliyuncs.com"),
        (Cloud("eu-central-1"), BSS, "business.ap-southeast-1.aliyuncs.com"),
        (Cloud("eu-central-1", bss="bss.example.com"), BSS, "bss.example.com"),
        (LOOPBACK, ECS, "127.0.0.1:1"),
        (LOOPBACK, STS, "localhost:1"),
        (LOOPBACK, BSS, "[::1]:1"),
    ],
)
def test_an_endpoint_is_the_configured_one_or_the_sdks_own(
    cloud: Cloud, product: Product, endpoint: str
) -> None:
    assert endpoint_of(product, cloud) == endpoint


@pytest.mark.parametrize(
    ("cloud", "product", "reason"),
    [
        (Cloud("cn-hangzhou", "HTTP"), ECS, "the official endpoint"),
        (Cloud("cn-hangzhou", "HTTP", ecs="127.0.0.1:1"), STS, "one product has no endpoint of its own"),
        (Cloud("cn-hangzhou", "http", ecs="10.0.0.1:1"), ECS, "another machine"),
        (Cloud("cn-hangzhou", "HTTPS", ecs="http://10.0.0.1:1"), ECS, "the SDK follows a scheme"),
    ],
)
def test_nothing_leaves_this_machine_without_tls(cloud: Cloud, product: Product, reason: str) -> None:
    with pytest.raises(CannotCall, match="alicloud:"):
        endpoint_of(product, cloud)


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("region", "product", "endpoint"),
    [
        ("cn-hangzhou", ECS, "ecs-cn-hangzhou.aliyuncs.com"),
        ("cn-beijing", ECS, "ecs.cn-beijing.aliyuncs.com"),
        ("cn-beijing", STS, "sts.cn-beijing.aliyuncs.com"),
    ],
)
def test_the_sdks_own_table_of_endpoints_is_used(region: str, product: Product, endpoint: str) -> None:
    client = Clients(Cloud(region))._client(product)
    assert (client._endpoint, client._protocol, client._user_agent) == (
        endpoint,
        "https",
        "ecs-release/0.1.0",
    )


def test_the_sdk_is_not_loaded_before_a_call() -> None:
    program = (
        "import sys; from ecs_release.gateway.gateway import Gateway;"
        "from ecs_release.domain.facts import Cloud; Gateway(Cloud('cn-hangzhou'));"
        "print([name for name in sys.modules if name.startswith(('alibabacloud', 'darabonba', 'requests'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
