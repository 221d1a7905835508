"""From a parsed request to an answer: identify, order of faults, handler, log, all in one transaction.

Imports the registry, the wire and the rules; only the server imports it.
"""

from __future__ import annotations

import sys
import time
import traceback
from dataclasses import dataclass, field
from typing import Any

from emulator import times, wire
from emulator.accounts import Identity, nobody
from emulator.actions import load
from emulator.errors import ApiError, BusinessFailure
from emulator.faults import Effect, Faults
from emulator.parameters import Parameters
from emulator.registry import ACTIONS, Call, Reply, lookup
from emulator.rules import rights, throttling, trail
from emulator.rules.conduct import Exchange, observe
from emulator.rules.credentials import secret_of, signer
from emulator.rules.events import HANDLERS
from emulator.signatures import Signatures
from emulator.wire import RpcRequest
from emulator.world import World


@dataclass
class Answer:
    """What goes back over the wire, and how late."""

    status: int
    body: bytes
    code: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    delay_ms: int = 0
    cut: bool = False
    ordered: bool = False


class Gateway:
    """Answers API requests one at a time."""

    def __init__(self, world: World, faults: Faults) -> None:
        load()
        self.world = world
        self.faults = faults
        self._signatures = Signatures()

    def answer(self, request: RpcRequest) -> Answer:
        """Answer a request; everything it changed and its log entry are kept before the reply is sent."""
        with self.world.database.transaction("request"):
            self.world.settle(HANDLERS)
            answer = self._attempt(request)
            event = self._event(request, answer)
            self._observe(request, answer, self._record(request, answer, event))
            if event is not None:
                trail.publish(self.world, event)
        answer.headers["date"] = times.to_http_date(self.world.now)
        answer.delay_ms += self.faults.latency_ms
        return answer

    def _attempt(self, request: RpcRequest) -> Answer:
        try:
            request.read()
            request.identity = identity = self._identity(request)
            # Before the call's own checks, as a gateway in front of the service would act.
            effect = self.faults.effect(
                request.product, request.action, request.parameters, request.access_key_id
            )
            return self._affected(request, self._call(request, identity), effect or Effect())
        except ApiError as error:
            return _refusal(request, error)

    def _identity(self, request: RpcRequest) -> Identity:
        if not request.access_key_id:
            return nobody()
        identity = signer(self.world, request.access_key_id, request.security_token)
        self._verify(request)
        return identity

    def _verify(self, request: RpcRequest) -> None:
        if self.world.settings.verify_signatures:
            # A key of the rule is its own secret; the others were given theirs.
            secret = secret_of(self.world, request.access_key_id) or request.access_key_id
            self._signatures.verify(request, secret, time.time())

    def _call(self, request: RpcRequest, identity: Identity) -> Call:
        parameters = Parameters(request.parameters)
        circumstances = (request.source_ip, request.secure)
        return Call(self.world, identity, request.action, request.host, parameters, *circumstances)

    def _affected(self, request: RpcRequest, call: Call, effect: Effect) -> Answer:
        if effect.drop == "request":
            return Answer(0, b"", cut=True)
        answer = _ordered(request, effect) if effect.replaces else self._apply(request, call)
        if effect.retry_after_ms is not None:
            answer.headers["x-acs-retry-after"] = str(effect.retry_after_ms)
        answer.delay_ms = effect.delay_ms
        answer.ordered = effect.replaces
        answer.cut = effect.drop == "reply"
        return answer

    def _apply(self, request: RpcRequest, call: Call) -> Answer:
        try:
            action = lookup(request.product, request.action)
            refused = rights.refusal(call, action.product)
            if refused is not None and not rights.sees_nothing(call, action.product):
                raise refused
            action.check(request.parameters)
            # Before the nested transaction: a call that is refused later has been made all the same.
            throttling.admit(self.world, f"{call.account}/{call.region}/{action.product}", action.name)
            # Nested, so that a refusal takes back the changes but keeps the log entry.
            with self.world.database.transaction("action"):
                reply = action.handler(call) if refused is None else rights.emptied(action.handler(call))
        except ApiError as error:
            return _refusal(request, error)
        except BusinessFailure as failed:
            reply = _business_failure(failed)
        # A bug of ours must look like the cloud's own failure, and be seen on the terminal.
        except Exception:
            traceback.print_exc(file=sys.stderr)
            return _refusal(request, ApiError(500, "InternalError", "The request processing has failed."))
        return Answer(200, wire.success(request, reply), code=str(reply.get("Code", "")))

    def _record(self, request: RpcRequest, answer: Answer, event: trail.Event | None) -> int:
        entry: dict[str, Any] = {
            "time": times.to_second(self.world.now),
            "product": request.product,
            "action": request.action,
            "parameters": wire.without_secrets(request.parameters),
            # A request that was cut before it was applied has no status.
            "status": answer.status or None,
            "code": answer.code,
            "access_key_id": request.access_key_id,
            "user_agent": request.headers.get("user-agent", ""),
        }
        account = request.identity.account_id if request.identity else ""
        return self.world.log.record(request.action, entry, account, self.world.now, event)

    def _event(self, request: RpcRequest, answer: Answer) -> trail.Event | None:
        # What was cut before it was applied, or is no action, has reached no product.
        known = (request.product, request.action) in ACTIONS and answer.status
        if request.identity is None or not known:
            return None
        body = b"" if answer.ordered else answer.body
        return trail.of_call(self.world, request, request.identity, answer.code, body)

    def _observe(self, request: RpcRequest, answer: Answer, number: int) -> None:
        # What names no product or no key is nobody's call.
        if request.product and request.access_key_id:
            wait = answer.headers.get("x-acs-retry-after")
            exchange = Exchange(
                number=number,
                key=request.access_key_id,
                product=request.product,
                action=request.action,
                parameters=request.parameters,
                nonce=request.common("SignatureNonce", "x-acs-signature-nonce"),
                status=answer.status,
                code=answer.code,
                ordered=answer.ordered,
                unseen=answer.cut or answer.delay_ms > 0,
                retry_after_ms=None if wait is None else int(wait),
            )
            observe(self.world, exchange)


def _refusal(request: RpcRequest, error: ApiError) -> Answer:
    answer = Answer(error.status, wire.failure(error, request), error.code)
    if error.retry_after_ms is not None:
        answer.headers["x-acs-retry-after"] = str(error.retry_after_ms)
    return answer


def _ordered(request: RpcRequest, effect: Effect) -> Answer:
    status, code = effect.error()
    if effect.body is not None:
        return Answer(effect.status or 200, effect.literal(), effect.code or "")
    return _refusal(request, ApiError(status, code, effect.message))


def _business_failure(failed: BusinessFailure) -> Reply:
    return {"Success": False, "Code": failed.code, "Message": failed.message, "Data": {}}
