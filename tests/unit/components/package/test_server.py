"""The package's process over its own wire: the life of a resource, secrets, and words of refusal."""

import asyncio
from typing import Any

import grpc  # type: ignore[import-untyped,unused-ignore]
import pytest
from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult
from pulumi.runtime import proto, rpc
from pulumi.runtime.proto import provider_pb2_grpc

from components.package import server
from components.package.server import PackageServicer, is_asked_for

URN = "urn:pulumi:t::shop::ecs-release:index:Environment$ecs-release:index:Gate::shop-gate"


class Gate:
    """A provider that writes down what it was asked, and answers like a real one."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        self.asked.append((olds, news))
        return CheckResult({**news, "drawn": "1"}, [CheckFailure("groups", "too many")])

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult("gate", {**props, "schema": 1})

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        return DiffResult(changes=olds != news)

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        return UpdateResult({**news, "schema": 1})

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        return ReadResult(id_, {**props, "seen": True}, {"token": props["token"]})

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        raise type("Refused", (Exception,), {"__module__": "builtins"})(
            "nothing is released\n  web-0 protected"
        )


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    made = Gate()
    monkeypatch.setattr(server, "PROVIDERS", {"Gate": lambda: made})
    return made


def asked(method: str, request: Any) -> Any:
    """The answer of a server that runs for one call."""

    async def run() -> Any:
        served = grpc.aio.server()
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(PackageServicer("127.0.0.1:1"), served)
        port = served.add_insecure_port("127.0.0.1:0")
        await served.start()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            try:
                return await getattr(provider_pb2_grpc.ResourceProviderStub(channel), method)(request)
            finally:
                await served.stop(None)

    return asyncio.run(run())


def message(**values: Any) -> Any:
    """Properties as the engine sends them."""
    return asyncio.run(rpc.serialize_properties(values, {}))


def read(properties: Any) -> dict[str, Any]:
    """Properties as the engine reads them."""
    return dict(rpc.deserialize_properties(properties, True))


SECRET = {"token": rpc.wrap_rpc_secret("s")}


def test_a_check_is_told_plain_values_and_secrets_stay_secret(gate: Gate) -> None:
    request = proto.CheckRequest(urn=URN, olds=message(a="1"), news=message(**SECRET, later=rpc.UNKNOWN))
    answer = asked("Check", request)
    assert gate.asked[0][0] == {"a": "1"}
    assert gate.asked[0][1]["token"] == "s"
    inputs = read(answer.inputs)
    assert (rpc.is_rpc_secret(inputs["token"]), inputs["drawn"]) == (True, "1")
    assert [(each.property, each.reason) for each in answer.failures] == [("groups", "too many")]


@pytest.mark.usefixtures("gate")
def test_what_is_made_changed_and_read_goes_back_to_the_engine() -> None:
    made = asked("Create", proto.CreateRequest(urn=URN, properties=message(**SECRET)))
    assert (made.id, read(made.properties)["schema"]) == ("gate", 1)
    assert rpc.is_rpc_secret(read(made.properties)["token"])
    update = proto.UpdateRequest(urn=URN, id="gate", olds=message(), news=message(b=True))
    assert read(asked("Update", update).properties) == {"b": True, "schema": 1}
    seen = asked("Read", proto.ReadRequest(urn=URN, id="gate", properties=message(token="t")))
    assert (seen.id, read(seen.properties)["seen"], read(seen.inputs)) == ("gate", True, {"token": "t"})


@pytest.mark.usefixtures("gate")
@pytest.mark.parametrize(
    ("news", "changes"), [("1", proto.DiffResponse.DIFF_NONE), ("2", proto.DiffResponse.DIFF_SOME)]
)
def test_a_difference_is_one_and_never_a_replacement(news: str, changes: Any) -> None:
    request = proto.DiffRequest(urn=URN, id="gate", olds=message(a="1"), news=message(a=news))
    answer = asked("Diff", request)
    assert (answer.changes, list(answer.replaces)) == (changes, [])


@pytest.mark.usefixtures("gate")
def test_a_refusal_is_its_own_words_and_nothing_else() -> None:
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        asked("Delete", proto.DeleteRequest(urn=URN, id="gate", properties=message()))
    assert raised.value.details() == "Refused: nothing is released\n  web-0 protected"


@pytest.mark.usefixtures("gate")
def test_another_configuration_replaces_nothing() -> None:
    request = proto.DiffRequest(urn=URN, olds=message(now="1"), news=message(now="2"))
    answer = asked("DiffConfig", request)
    assert (answer.changes, list(answer.replaces)) == (proto.DiffResponse.DIFF_NONE, [])
    assert read(asked("CheckConfig", proto.CheckRequest(urn=URN, news=message(now="2"))).inputs) == {
        "now": "2"
    }


@pytest.mark.usefixtures("gate")
def test_the_schema_is_served() -> None:
    assert '"ecs-release:index:Environment"' in asked("GetSchema", proto.GetSchemaRequest()).schema


@pytest.mark.parametrize(("arguments", "wanted"), [(["x"], False), (["x", "127.0.0.1:99"], True)])
def test_only_a_plugin_is_told_where_the_engine_is(
    arguments: list[str], wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", arguments)
    assert is_asked_for() is wanted
