"""How long the plugin's process takes from its start to its first call to the cloud.

The cloud is a bare socket here: its first connection is the first call. The engine's part, one Delete of a
Teardown, is played over the plugin's own gRPC.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf.struct_pb2 import Struct
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from ecs_release.provider.teardown import TeardownProvider

ROUNDS = 9
BARE = "import pulumi"
WITH_CLIENT = (
    "import pulumi; from alibabacloud_tea_openapi.client import Client;"
    " from alibabacloud_credentials.client import Client"
)
# Obviously false, and the only host that is named is the socket of this process.
KEYS = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "emulator", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "emulator"}


def measure() -> dict[str, float]:
    """Milliseconds, the least of several rounds: two bare imports and the plugin up to its first call."""
    rounds = [
        {
            "import pulumi": _timed(lambda: _imports(BARE)),
            "with the SDK's client": _timed(lambda: _imports(WITH_CLIENT)),
            "plugin to its first call": _timed(_first_call),
        }
        for _ in range(ROUNDS)
    ]
    least = {name: round(1000 * min(each[name] for each in rounds)) for name in rounds[0]}
    print(least, flush=True)
    return {name: float(value) for name, value in least.items()}


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _imports(program: str) -> None:
    subprocess.run([sys.executable, "-c", program], check=True)


def _first_call() -> None:
    with socket.create_server(("127.0.0.1", 0)) as cloud:
        # The engine that started it: nothing listens there, and nothing has to until the first step.
        command = [sys.executable, "-u", "-m", "pulumi.dynamic", "127.0.0.1:1"]
        environment = {**os.environ, **KEYS}
        plugin = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
        try:
            assert plugin.stdout is not None
            port = int(plugin.stdout.readline())
            cloud.settimeout(30)
            with grpc.insecure_channel(f"127.0.0.1:{port}") as engine:
                # Its answer is nobody's concern, but a call that is forgotten is cancelled.
                asked = _ask_to_delete(engine, cloud.getsockname()[1])
                cloud.accept()[0].close()
                asked.cancel()
        finally:
            plugin.kill()
            plugin.wait()


def _ask_to_delete(engine: grpc.Channel, cloud_port: int) -> grpc.Future:
    properties = Struct()
    properties.update(_recorded(cloud_port))
    stub = provider_pb2_grpc.ResourceProviderStub(engine)
    asked = provider_pb2.DeleteRequest(id="web", urn="urn", properties=properties)
    return stub.Delete.future(asked, wait_for_ready=True)


def _recorded(cloud_port: int) -> dict[str, Any]:
    host = f"127.0.0.1:{cloud_port}"
    return {
        "__provider": serialize_provider(TeardownProvider()),
        "schema": 1,
        "project": "bench",
        "stack": "bench",
        "group": "web",
        "group_id": "0" * 20,
        "account": "1000000000000001",
        "cloud": {"region": "cn-hangzhou", "protocol": "HTTP", **dict.fromkeys(("ecs", "sts", "bss"), host)},
        "terms": {},
        "members": {"web-0": "i-0"},
        "disks": [],
    }
