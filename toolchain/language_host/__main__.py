"""Started by the Pulumi CLI as `pulumi-language-python ENGINE_ADDRESS`; says its port on the first line."""

from __future__ import annotations

import signal
import sys
import threading
from concurrent import futures
from types import FrameType

import grpc  # type: ignore[import-untyped,unused-ignore]
from pulumi.runtime.proto import language_pb2_grpc

from .children import Children
from .service import LanguageHost

# The engine sends whole configurations and schemas in one message, so its own host has no 4 MiB limit either.
_MESSAGE_LIMIT = 400 * 1024 * 1024


def main() -> int:
    """Serve the engine until it ends us with a signal."""
    ended = threading.Event()
    _end_quietly_on_signals(ended)
    children = Children()
    server = _serve(LanguageHost(sys.argv[-1], children))
    ended.wait()
    server.stop(grace=None)
    children.end_all()
    return 0


def _end_quietly_on_signals(ended: threading.Event) -> None:
    # Whatever a host prints while it ends, a stack trace above all, lands in the user's diagnostics.
    def end(signal_number: int, frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)


def _serve(host: LanguageHost) -> grpc.Server:
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=16),
        options=[
            ("grpc.max_receive_message_length", _MESSAGE_LIMIT),
            ("grpc.max_send_message_length", _MESSAGE_LIMIT),
        ],
    )
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    return server


if __name__ == "__main__":
    sys.exit(main())
