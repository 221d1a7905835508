"""A git host on the loopback: one repository over TLS, served by git's own backend.

The CLI takes no bare `localhost` for the host of a package, so clients reach it under a reserved name,
through a proxy that leads everything here and nothing to the Internet.
"""

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.e2e.fresh_copy import fresh_copy

HOST, NAME = "git.example.com", "team/ecs-release.git"
ADDRESS = f"https://{HOST}/{NAME}"
PERSON = ("-c", "user.name=Test", "-c", "user.email=test@example.com")


class Backend(BaseHTTPRequestHandler):
    """Hands each request to `git http-backend`, as a web server would."""

    root = Path()

    def do_GET(self) -> None:
        """Refs and objects."""
        self._answer(b"")

    def do_POST(self) -> None:
        """What a clone asks for."""
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def _answer(self, body: bytes) -> None:
        done = subprocess.run(
            ["git", "http-backend"], input=body, env=self._environment(body), capture_output=True, check=True
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _environment(self, body: bytes) -> dict[str, str]:
        path, _, query = self.path.partition("?")
        return {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
        }


def make_repository(folder: Path) -> None:
    """A bare repository with one commit of everything that git tracks, tagged as a version."""
    work = fresh_copy(folder / "work")
    for command in (
        ("init", "--quiet", "--initial-branch", "main"),
        ("add", "--all"),
        (*PERSON, "commit", "--quiet", "--message", "All of it"),
        (*PERSON, "tag", "v0.1.0"),
    ):
        subprocess.run(["git", *command], cwd=work, check=True, capture_output=True)
    target = folder / "served" / NAME
    subprocess.run(["git", "clone", "--quiet", "--bare", str(work), str(target)], check=True)
    shutil.rmtree(work)


def release(folder: Path, version: str) -> None:
    """Tags what is served as another version, too."""
    command = ["git", "tag", f"v{version}", "v0.1.0"]
    subprocess.run(command, cwd=folder / "served" / NAME, check=True, capture_output=True)


def make_certificate(folder: Path) -> Path:
    """A certificate for the loopback, with its key."""
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        f"/CN={HOST}",
    ]
    command += ["-addext", f"subjectAltName=DNS:{HOST}"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "certificate.pem"


class Proxy(BaseHTTPRequestHandler):
    """Leads every tunnel to the git host, whoever was asked for."""

    target = 0

    def do_CONNECT(self) -> None:
        """One tunnel, until either end has had enough."""
        self.send_response(200)
        self.end_headers()
        with socket.create_connection(("127.0.0.1", self.target)) as there:
            back = threading.Thread(target=_copy, args=(there, self.connection), daemon=True)
            back.start()
            _copy(self.connection, there)
            back.join()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def served(folder: Path) -> Iterator[dict[str, str]]:
    """What a client's environment needs to reach the repository at ADDRESS."""
    make_repository(folder)
    certificate = make_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, folder / "key.pem")
    with (
        _running(type("Served", (Backend,), {"root": folder / "served"}), context) as port,
        _running(type("Tunnel", (Proxy,), {"target": port})) as proxy,
    ):
        yield {"HTTPS_PROXY": f"http://127.0.0.1:{proxy}", "SSL_CERT_FILE": str(certificate)}


@contextmanager
def _running(handler: type[BaseHTTPRequestHandler], context: ssl.SSLContext | None = None) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
