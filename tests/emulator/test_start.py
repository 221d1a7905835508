"""What the emulator does not load before it is needed, and that it starts fast for it."""

from __future__ import annotations

import ssl
import subprocess
import sys
import urllib.request
from pathlib import Path

from emulator.certificates import Authority, beside

from bench import emulator_start
from tests.emulator.cloud import Cloud, Server

# Each takes a good share of the time to start, or has no business in a server at all.
LATE = ("cryptography", "jwt", "rich", "httpx", "pytest", "multipart")
ASK = f"""
import sys
import emulator.cli, emulator.serving
from emulator.actions import load
load()
print([name for name in {LATE!r} if name in sys.modules])
"""


def mapped(process: int) -> bool:
    """Whether the library of cryptography is in a process."""
    return "/cryptography/" in Path(f"/proc/{process}/maps").read_text(encoding="utf-8")


def test_what_a_start_does_not_import() -> None:
    told = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "[]"


def test_cryptography_is_loaded_by_the_first_tls_client(database: Path) -> None:
    server = Server(database)
    try:
        cloud = Cloud(server.url)
        cloud.run()
        assert not mapped(server.process.pid)
        trusted = ssl.create_default_context(cadata=Authority(beside(database)).pem)
        secure = server.url.replace("http:", "https:")
        urllib.request.urlopen(f"{secure}/_emulator/health", context=trusted).close()
        assert mapped(server.process.pid)
        cloud.http.close()
    finally:
        server.end()


def test_the_first_answer_comes_within_three_times_the_imports() -> None:
    figures = emulator_start.measure(rounds=5)
    assert figures.ratio.cpu <= emulator_start.MOST, figures


def test_the_page_tells_a_measurement_that_kept_the_bound() -> None:
    table = Path(emulator_start.__file__).parents[1] / emulator_start.PAGE
    (row,) = [line for line in table.read_text(encoding="utf-8").splitlines() if "times as long" in line[:20]]
    assert float(row.split("|")[3]) <= emulator_start.MOST
