"""The file: what a killed process leaves, what a copy restores, what the serve options say."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.emulator.cloud import Cloud, Server


@contextmanager
def serving(database: Path, *options: str, kill: bool = False) -> Iterator[Cloud]:
    server = Server(database, *options)
    cloud = Cloud(server.url)
    try:
        yield cloud
    finally:
        cloud.http.close()
        server.end(kill)


@pytest.mark.parametrize("kill", [True, False], ids=["killed", "stopped"])
def test_the_world_outlives_the_process(database: Path, kill: bool) -> None:
    with serving(database, kill=kill) as cloud:
        cloud.control("clock", {"set": "2030-01-01T00:00:00Z", "rate": 0})
        cloud.run({"AutoReleaseTime": "2030-01-02T00:00:00Z"})
        before = cloud.look("state"), cloud.look("clock"), cloud.look("requests")
    with serving(database) as cloud:
        assert (cloud.look("state"), cloud.look("clock"), cloud.look("requests")) == before
        cloud.advance("P1DT2S")
        assert cloud.instances() == []


def test_a_call_that_was_applied_is_there_after_a_kill(database: Path) -> None:
    server = Server(database)
    cloud = Cloud(server.url)
    cloud.control("faults", {"match": {"action": "CreateVpc"}, "effect": {"drop": "reply"}})
    with pytest.raises(Exception, match="disconnected"):
        cloud.call("CreateVpc", product="Vpc")
    server.end(kill=True)
    with serving(database) as restarted:
        assert len(restarted.look("state")["vpcs"]) == 1
        # Faults are not part of the world.
        assert restarted.call("CreateVpc", product="Vpc").status == 200


def test_a_copy_restores_the_world(database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with serving(database, kill=True) as cloud:
        cloud.control("clock", {"set": "2030-01-01T00:00:00Z", "rate": 0})
        cloud.run()
        before = cloud.look("state"), cloud.look("clock")
    shutil.copy(database, copy)
    with serving(database, kill=True) as cloud:
        cloud.control("reset", {})
        cloud.run()
    shutil.copy(copy, database)
    with serving(database) as cloud:
        assert (cloud.look("state"), cloud.look("clock")) == before


def test_tokens_outlive_the_process(database: Path) -> None:
    with serving(database) as cloud:
        order = cloud.order(ClientToken="once")
        first = cloud.good("RunInstances", order)["InstanceIdSets"]
    with serving(database) as cloud:
        assert cloud.good("RunInstances", order)["InstanceIdSets"] == first


def test_serve_options_are_the_settings(database: Path) -> None:
    with serving(database, "--release-seconds", "30", "--security-lock-release", "refused") as cloud:
        cloud.control("reset", {})
        settings = cloud.look("settings")
    assert (settings["release_seconds"], settings["security_lock_release"]) == (30, "refused")
    with serving(database) as cloud:
        assert cloud.look("settings") == settings


def test_a_fresh_world_shows_the_real_time(database: Path) -> None:
    with serving(database) as cloud:
        assert cloud.look("clock")["rate"] == 1
        assert cloud.look("state")["instances"] == {}


def test_a_file_of_before_there_were_events_is_taken_over(database: Path) -> None:
    with serving(database) as cloud:
        cloud.run()
        before = cloud.look("requests")
    with closing(sqlite3.connect(database)) as old, old:
        for column in ("account", "moment", "event"):
            old.execute(f"ALTER TABLE requests DROP COLUMN {column}")
    with serving(database) as cloud:
        assert cloud.look("requests") == before
        assert cloud.good("LookupEvents", product="Actiontrail")["Events"] == []
        assert len(cloud.instances()) == 1
        newest = cloud.good("LookupEvents", product="Actiontrail")["Events"][0]
        assert newest["eventName"] == "DescribeInstances"


def test_one_file_is_served_once(database: Path) -> None:
    command = [sys.executable, "-m", "emulator", "serve", "--port", "0", "--db", str(database)]
    with serving(database):
        second = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert second.returncode == 1
    assert "database is locked" in second.stderr


@pytest.mark.parametrize("option", ["--release-seconds=-1", "--security-lock-release=maybe"])
def test_a_setting_that_cannot_be(database: Path, option: str) -> None:
    command = [sys.executable, "-m", "emulator", "serve", "--port", "0", "--db", str(database), option]
    assert subprocess.run(command, capture_output=True, timeout=30).returncode in (1, 2)
