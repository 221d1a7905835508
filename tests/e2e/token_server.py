"""The address from which a job of GitHub's fetches its token, with the pass that it was given."""

import json
import secrets
import threading
import urllib.parse
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class TokenServer:
    """Gives each job a token with the subject that its pass stands for."""

    def __init__(self, token_for: Callable[[str, str], str]) -> None:
        self.passes: dict[str, str] = {}
        self._token_for = token_for
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def job(self, subject: str) -> dict[str, str]:
        """What a job with `id-token: write` finds in its environment."""
        given = secrets.token_hex(16)
        self.passes[given] = subject
        address = f"http://127.0.0.1:{self._server.server_port}/token?api-version=2.0"
        return {"ACTIONS_ID_TOKEN_REQUEST_URL": address, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": given}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
                given = self.headers.get("Authorization", "").removeprefix("Bearer ")
                subject = server.passes.get(given)
                body = b"{}"
                if subject is not None:
                    body = json.dumps({"value": server._token_for(subject, query["audience"][0])}).encode()
                self.send_response(401 if subject is None else 200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Says nothing: the output is the test's."""

        return Handler
