"""A real browser, spoken to over a pair of pipes in its own protocol. Standard library only."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from toolchain.browser import NAMES

# Enough for a page that pauses for its longest on a machine that is busy with other things.
_SECONDS = 60.0
# The browser reads orders from the first of these and writes to the second.
_ORDERS, _REPLIES = 3, 4
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    # Nothing but this machine can be reached, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--remote-debugging-pipe",
)
KEYS = {"Tab": 9, "Enter": 13, " ": 32}


class Browser:
    """One tab, and what it has said of itself: exceptions, console lines, requests."""

    def __init__(self, orders: int, replies: int) -> None:
        self._orders, self._replies, self._rest, self._number = orders, replies, b"", 0
        self.events: list[dict[str, Any]] = []
        target = self._ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        attached = self._ask("Target.attachToTarget", {"targetId": target, "flatten": True})
        self._session = str(attached["sessionId"])
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.do(f"{domain}.enable")

    def do(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Give the tab an order and return its reply."""
        return self._ask(method, parameters, self._session)

    def run(self, script: str) -> Any:
        """Run a script in the page and return its value."""
        told = self.do("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def open(self, url: str, ready: str = "true") -> None:
        """Open a page and wait until something holds in it."""
        self.do("Page.navigate", url=url)
        self.wait(f"document.readyState === 'complete' && location.href.startsWith('{url}') && ({ready})")

    def wait(self, condition: str, seconds: float = _SECONDS) -> None:
        """Wait until a condition holds in the page."""
        ends = time.monotonic() + seconds
        while not self.run(f"Boolean({condition})"):
            assert time.monotonic() < ends, f"never: {condition}\n{self.run('document.body.innerText')}"
            time.sleep(0.05)

    def size(self, width: int, height: int = 900) -> None:
        """Make the window as wide as this, a telephone's too."""
        numbers = {"width": width, "height": height, "deviceScaleFactor": 1}
        self.do("Emulation.setDeviceMetricsOverride", **numbers, mobile=False)

    def colours(self, scheme: str) -> None:
        """Prefer light or dark."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.do("Emulation.setEmulatedMedia", features=[feature])

    def press(self, key: str) -> None:
        """Press a key and let it go."""
        text = {"Enter": "\r", " ": " "}.get(key, "")
        named = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": KEYS[key]}
        kind = "keyDown" if text else "rawKeyDown"
        self.do("Input.dispatchKeyEvent", type=kind, **named, **({"text": text} if text else {}))
        self.do("Input.dispatchKeyEvent", type="keyUp", **named)

    def shot(self, file: Path) -> None:
        """Keep a picture of what the window shows."""
        file.write_bytes(base64.b64decode(self.do("Page.captureScreenshot", format="png")["data"]))

    def said(self, *methods: str) -> list[dict[str, Any]]:
        """Return the events of these kinds so far."""
        self.run("0")
        return [event["params"] for event in self.events if event.get("method") in methods]

    def _ask(self, method: str, parameters: dict[str, Any], session: str = "") -> dict[str, Any]:
        self._number += 1
        order = {"id": self._number, "method": method, "params": parameters}
        os.write(
            self._orders,
            json.dumps({**order, **({"sessionId": session} if session else {})}).encode() + b"\0",
        )
        while True:
            told = self._read()
            if told.get("id") == self._number:
                assert "error" not in told, (method, told["error"])
                return dict(told["result"])
            self.events.append(told)

    def _read(self) -> dict[str, Any]:
        ends = time.monotonic() + 2 * _SECONDS
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._replies], [], [], max(ends - time.monotonic(), 0))
            part = os.read(self._replies, 1 << 20) if ready else b""
            assert part, "the browser says nothing any more"
            self._rest += part
        message, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(message))


@contextmanager
def browsing(folder: Path) -> Iterator[Browser]:
    """Start a browser whose files are in a folder, and end it."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    assert found, f"none of {', '.join(NAMES)} is on PATH; run `python3 -m toolchain browser`"
    (theirs, orders), (replies, their_replies) = os.pipe(), os.pipe()
    # First out of the way: one of the two may have the number that the other needs.
    moves = f"exec 20<&{theirs} 21>&{their_replies}; exec {_ORDERS}<&20 {_REPLIES}>&21 20<&- 21>&-"
    command = ["bash", "-c", f'{moves}; exec "$@"', "browser", found, *_OPTIONS, f"--user-data-dir={folder}"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    process = subprocess.Popen(
        command, pass_fds=(theirs, their_replies), env=environment, stderr=subprocess.DEVNULL
    )
    for end in (theirs, their_replies):
        os.close(end)
    try:
        yield Browser(orders, replies)
    finally:
        process.terminate()
        process.wait(timeout=20)
        for end in (orders, replies):
            os.close(end)
