"""The plugin in pytest runs of its own, each a real process."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

pytest_plugins = ["pytester"]
CALL = """
import json, os, signal, subprocess, sys, urllib.error, urllib.parse, urllib.request
import pytest

def call(emulator, action="DescribeRegions", **parameters):
    asked = {"Action": action, "Version": "2014-05-26", "AccessKeyId": "emulator", "Signature": "any"}
    query = urllib.parse.urlencode({**asked, **parameters})
    with urllib.request.urlopen(f"{emulator.url}/?{query}") as reply:
        return json.load(reply)
"""
TWICE = """
@pytest.mark.parametrize("turn", [1, 2])
def test_calls(ecs_emulator, turn):
    call(ecs_emulator)
    assert ecs_emulator.counts() == {"DescribeRegions": %s}
"""


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inner runs get none of this run's options."""
    # Nor the one that lets every process compile all that it imports.
    for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "PYTHONDONTWRITEBYTECODE"):
        monkeypatch.delenv(name, raising=False)


def run(pytester: pytest.Pytester, test: str, *options: str) -> pytest.RunResult:
    pytester.makepyfile(CALL + test)
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:hypothesispytest", *options)


def test_every_test_has_an_empty_world_at_the_time_of_the_machine(pytester: pytest.Pytester) -> None:
    moved = """
def test_moves_everything(ecs_emulator):
    ecs_emulator.freeze("2030-01-01T00:00:00Z")
    ecs_emulator.fault(code="Broken")
    ecs_emulator.limit(DescribeRegions=0)
    ecs_emulator.latency(1)
    ecs_emulator.settings(release_seconds=9)

def test_finds_nothing_of_it(ecs_emulator):
    assert ecs_emulator.now().year < 2030
    assert ecs_emulator.settings()["release_seconds"] == 2
    assert call(ecs_emulator)["Regions"] and ecs_emulator.get("limits") == {}
    assert ecs_emulator.port == int(ecs_emulator.endpoint.rpartition(":")[2])
"""
    run(pytester, (TWICE % 1) + moved).assert_outcomes(passed=4)


@pytest.mark.parametrize(("scope", "counted"), [("module", "turn"), ("session", "turn"), ("function", "1")])
def test_how_often_it_begins_anew(pytester: pytest.Pytester, scope: str, counted: str) -> None:
    pytester.makeini(f"[pytest]\necs_emulator_scope = {scope}\n")
    run(pytester, TWICE % counted).assert_outcomes(passed=2)


def test_an_unknown_scope_is_refused(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\necs_emulator_scope = week\n")
    result = run(pytester, TWICE % 1)
    assert result.ret != 0
    assert (
        "must be one of function, class, module, package, session"
        in result.stdout.str() + result.stderr.str()
    )


def test_options_reach_the_server(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\necs_emulator_options = --release-seconds 7 --enforce-ram\n")
    test = """
def test_it(ecs_emulator):
    told = ecs_emulator.settings()
    assert (told["release_seconds"], told["enforce_ram"]) == (7, True)
"""
    run(pytester, test).assert_outcomes(passed=1)


def test_a_server_that_cannot_start_says_why(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\necs_emulator_options = --throttling-status 418\n")
    result = run(pytester, "def test_it(ecs_emulator): pass")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*StartError: the emulator did not start: cannot serve *"])


def test_the_session_fixture_keeps_its_world(pytester: pytest.Pytester) -> None:
    test = """
@pytest.mark.parametrize("turn", [1, 2])
def test_calls(ecs_emulator, ecs_emulator_session, turn):
    call(ecs_emulator), call(ecs_emulator_session)
    assert (ecs_emulator.counts(), ecs_emulator_session.counts()) == (
        {"DescribeRegions": 1}, {"DescribeRegions": turn})
"""
    run(pytester, test).assert_outcomes(passed=2)


def test_every_worker_of_xdist_has_its_own(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = """
@pytest.mark.parametrize("turn", range(8))
def test_calls(ecs_emulator, turn, worker_id):
    with open(f"{os.environ['PORTS']}/{worker_id}", "a") as file:
        print(ecs_emulator.port, file=file)
    call(ecs_emulator)
    assert ecs_emulator.counts() == {"DescribeRegions": 1}
"""
    ports = pytester.mkdir("ports")
    monkeypatch.setenv("PORTS", str(ports))
    run(pytester, test, "-n", "2").assert_outcomes(passed=8)
    used = [set(file.read_text().split()) for file in ports.iterdir()]
    assert len(used) == 2
    assert {len(each) for each in used} == {1}
    assert used[0] != used[1]


FAILING = """
def test_before(ecs_emulator_session):
    call(ecs_emulator_session, "DescribeZones", RegionId="cn-beijing")

def test_that_fails(ecs_emulator, ecs_emulator_session):
    call(ecs_emulator), call(ecs_emulator)
    call(ecs_emulator_session)
    assert not "now"

def test_that_passes(ecs_emulator):
    call(ecs_emulator, "DescribeZones", RegionId="cn-hangzhou")
"""


@pytest.mark.parametrize("options", [(), ("-n", "1")], ids=["alone", "xdist"])
def test_a_failed_test_shows_its_calls_and_no_others(
    pytester: pytest.Pytester, options: tuple[str, ...]
) -> None:
    result = run(pytester, FAILING, *options)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*- ecs_emulator: calls -*", "   1 *Z Ecs DescribeRegions 200 | *"])
    result.stdout.fnmatch_lines(["careless: call 2, polling: *"])
    result.stdout.fnmatch_lines(["*- ecs_emulator_session: calls -*", "   2 *Z Ecs DescribeRegions 200 | *"])
    assert "DescribeZones" not in result.stdout.str()


def test_a_process_that_a_test_ended_is_replaced(pytester: pytest.Pytester) -> None:
    test = """
def test_ends_it(ecs_emulator, _ecs_emulator_process):
    _ecs_emulator_process.stop()
    assert not ecs_emulator.is_up()
    assert not "now"

def test_has_another(ecs_emulator):
    call(ecs_emulator)
"""
    result = run(pytester, test)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["it does not answer any more"])


def test_a_run_that_is_killed_leaves_no_emulator(pytester: pytest.Pytester) -> None:
    test = """
def test_it(ecs_emulator):
    print(ecs_emulator.port, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    result = run(pytester, test, "-s")
    port = next(int(word) for word in result.outlines[-1].replace(".", " ").split() if word.isdigit())
    ends_at = time.monotonic() + 20
    while answers(port):
        assert time.monotonic() < ends_at
        time.sleep(0.02)


def answers(port: int) -> bool:
    command = [sys.executable, "-m", "emulator", "health", "--port", str(port)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_environment_leads_an_official_client_here(pytester: pytest.Pytester) -> None:
    client = """
from alibabacloud_credentials.client import Client as Credentials
from alibabacloud_ecs20140526 import models
from alibabacloud_ecs20140526.client import Client
from alibabacloud_tea_openapi.utils_models import Config
import os, sys
protocol = sys.argv[1]
place = {"endpoint": os.environ["ECS_ENDPOINT"], "protocol": protocol, "region_id": "cn-hangzhou"}
asked = Config(credential=Credentials(), **place)
if protocol == "https":
    asked.ca = os.environ["SSL_CERT_FILE"]
print(len(Client(asked).describe_regions(models.DescribeRegionsRequest()).body.regions.region))
"""
    pytester.makefile(".py", client=client)
    test = """
@pytest.mark.parametrize("protocol", ["http", "https"])
def test_it(ecs_emulator, protocol):
    environment = {**os.environ, **ecs_emulator.environ("emulator-b", tls=protocol == "https")}
    command = [sys.executable, "client.py", protocol]
    assert int(subprocess.run(command, env=environment, check=True, capture_output=True).stdout) > 1
    assert [row["access_key_id"] for row in ecs_emulator.requests()] == ["emulator-b"]
"""
    run(pytester, test).assert_outcomes(passed=2)


def test_it_can_be_switched_off(pytester: pytest.Pytester) -> None:
    result = run(pytester, TWICE % 1, "-p", "no:ecs-emulator")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*fixture 'ecs_emulator' not found"])


def test_loading_the_plugin_imports_nothing_of_the_emulator(pytester: pytest.Pytester) -> None:
    test = """
def test_that_fails():
    assert not "now"

def test_it(request):
    assert request.config.pluginmanager.has_plugin("ecs-emulator")
    ours = [name for name in sys.modules if name.partition(".")[0] == "emulator"]
    heavy = {"starlette", "uvicorn", "pydantic", "cryptography", "typer"} & sys.modules.keys()
    print(json.dumps([ours, list(heavy)]))
"""
    result = run(pytester, test, "-s")
    (line,) = [line for line in result.outlines if "[[" in line]
    told = json.loads(line[line.index("[[") :].rstrip("."))
    assert told == [["emulator", "emulator.pytest_plugin"], []]
