"""No request leaves the machine: stories of the tests in a network without a way out, and its counters.

The kernel counts every packet for which there is no route, so one that was tried and failed shows too.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.cloud import ROOT

SECONDS = 300
# A namespace of its own has a loopback interface and nothing else.
INSIDE = 'ip link set lo up && "$@"; code=$?; cat /proc/net/snmp /proc/net/snmp6; exit $code'
STORIES = (
    "tests/e2e/test_release_time.py::test_a_time_is_set_moved_within_the_day_and_removed",
    "tests/e2e/test_commands.py",
    "tests/unit/gateway/test_gateway_on_emulator.py",
    "tests/emulator/test_official_clients.py",
)


def alone(*command: str) -> tuple[subprocess.CompletedProcess[str], int]:
    """Runs a command without a network; how it ended, and how many packets had no way to go."""
    wrapped = ["unshare", "--map-root-user", "--net", "sh", "-c", INSIDE, "sh", *command]
    # The workers of this run are none of the inner one's business.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        wrapped, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    return done, without_route(done.stdout)


def without_route(printed: str) -> int:
    """OutNoRoutes of IPv4 and IPv6, as the kernel's tables have them."""
    head, values = [line.split() for line in printed.splitlines() if line.startswith("Ip: ")]
    version_4 = int(dict(zip(head, values, strict=True))["OutNoRoutes"])
    (version_6,) = [
        int(line.split()[1]) for line in printed.splitlines() if line.startswith("Ip6OutNoRoutes")
    ]
    return version_4 + version_6


@pytest.mark.parametrize("story", STORIES, ids=lambda story: Path(story.partition("::")[0]).stem)
def test_a_story_needs_no_network_and_tries_none(story: str) -> None:
    done, packets = alone(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", story)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert packets == 0


def test_an_attempt_to_leave_would_be_counted() -> None:
    attempt = "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))"
    done, packets = alone(sys.executable, "-c", attempt)
    assert done.returncode != 0
    assert packets == 1
