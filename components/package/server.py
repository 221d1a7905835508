"""The package's process: constructs components, and serves the resources of ours that they declare.

Imports pulumi, grpc, provider and its siblings. The CLI starts it through `PulumiPlugin.yaml`.
"""

import asyncio
import functools
import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc  # type: ignore[import-untyped,unused-ignore]
from google.protobuf import empty_pb2
from pulumi.provider.server import ProviderServicer
from pulumi.runtime import proto, rpc
from pulumi.runtime.proto import provider_pb2_grpc

from components.package.constructing import Package
from ecs_release.provider.base import CloudProvider
from ecs_release.provider.resources import PACKAGED, PROVIDERS
from ecs_release.provider.session import SESSION, engine_address

Answer = Callable[["PackageServicer", Any, Any], Awaitable[Any]]
# As many as the dynamic plugin has.
WORKERS = 4
NO_LIMIT = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
CHANGES = {True: proto.DiffResponse.DIFF_SOME, False: proto.DiffResponse.DIFF_NONE}


class Values:
    """The properties in a message, in plain text, and which of them are to stay secret."""

    def __init__(self, message: Any, keep_unknowns: bool = False) -> None:
        read = rpc.deserialize_properties(message, keep_unknowns)
        self.secret = {key for key, value in read.items() if rpc.is_rpc_secret(value)}
        self.plain: dict[str, Any] = {key: rpc.unwrap_rpc_secret(value) for key, value in read.items()}

    async def message(self, values: Mapping[str, Any]) -> Any:
        """Values for the engine, secret under the keys that came as secrets."""
        kept = {
            key: rpc.wrap_rpc_secret(value) if key in self.secret else value for key, value in values.items()
        }
        return await rpc.serialize_properties(kept, {})


def told(answer: Answer) -> Answer:
    """Ends a failed call with the error's own words, as the dynamic plugin does."""

    @functools.wraps(answer)
    async def wrapper(self: "PackageServicer", request: Any, context: Any) -> Any:
        try:
            return await answer(self, request, context)
        except Exception as error:
            words = "".join(traceback.format_exception_only(error)).strip()
            return await context.abort(grpc.StatusCode.UNKNOWN, words)

    return wrapper


class PackageServicer(ProviderServicer):
    """The SDK's construction of components, and beside it the life of each resource of ours."""

    def __init__(self, engine: str) -> None:
        super().__init__(Package(), sys.argv[1:], engine)
        self._workers = ThreadPoolExecutor(WORKERS)
        self._providers: dict[str, CloudProvider] = {name: made() for name, made in PROVIDERS.items()}

    async def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Takes any configuration: what counts is in the inputs and in the stack's own."""
        return proto.CheckResponse(inputs=request.news)

    async def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Never a replacement: that of the package would be one of everything that ends instances."""
        return proto.DiffResponse(changes=proto.DiffResponse.DIFF_NONE)

    @told
    async def Check(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Judges the inputs and completes them."""
        olds, news = Values(request.olds, True), Values(request.news, True)
        found = await self._run(request, "check", olds.plain, news.plain)
        failures = [proto.CheckFailure(property=each.property, reason=each.reason) for each in found.failures]
        return proto.CheckResponse(inputs=await news.message(found.inputs), failures=failures)

    @told
    async def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Compares the world with the wish."""
        olds, news = Values(request.olds, True), Values(request.news, True)
        found = await self._run(request, "diff", request.id, olds.plain, news.plain)
        changes = CHANGES.get(found.changes, proto.DiffResponse.DIFF_UNKNOWN)
        return proto.DiffResponse(changes=changes, replaces=found.replaces or [])

    @told
    async def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Records, sets, looks."""
        given = Values(request.properties)
        made = await self._run(request, "create", given.plain)
        return proto.CreateResponse(id=made.id, properties=await given.message(made.outs))

    @told
    async def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Brings the world in line with the wish."""
        olds, news = Values(request.olds), Values(request.news)
        done = await self._run(request, "update", request.id, olds.plain, news.plain)
        return proto.UpdateResponse(properties=await news.message(done.outs))

    @told
    async def Read(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Refreshes what is recorded."""
        known = Values(request.properties)
        read = await self._run(request, "read", request.id, known.plain)
        inputs = await known.message(read.inputs) if read.inputs is not None else None
        return proto.ReadResponse(id=read.id, properties=await known.message(read.outs), inputs=inputs)

    @told
    async def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Ends what the resource stands for, or refuses to."""
        await self._run(request, "delete", request.id, Values(request.properties).plain)
        return empty_pb2.Empty()

    async def _run(self, request: Any, method: str, *arguments: Any) -> Any:
        kind = request.urn.split("::")[2].rpartition("$")[2].removeprefix(PACKAGED)
        work = getattr(self._providers[kind], method)
        # A release takes minutes, and the others of its run must be heard meanwhile.
        return await asyncio.get_running_loop().run_in_executor(self._workers, work, *arguments)


def is_asked_for() -> bool:
    """Whether this process was started as the package; only a plugin is told where the engine is."""
    return engine_address() != ""


def serve() -> None:
    """Serves the engine that started this process, until it ends it."""
    SESSION.is_package = True
    asyncio.run(_serve(engine_address()))


async def _serve(engine: str) -> None:
    server = grpc.aio.server(options=NO_LIMIT)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(PackageServicer(engine), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    # The engine reads the port from the first line.
    print(port, flush=True)
    await server.wait_for_termination()
