"""The pytest plugin: fixtures with an emulator, and the calls of a test that failed in its report.

Loaded in every run of whoever has it installed, so it imports nothing before a test wants an emulator.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from emulator.testing import Emulator, Process

SCOPES = ("function", "class", "module", "package", "session")
# The emulators of this run by the fixture that gives them out.
_LIVE: pytest.StashKey[dict[str, Emulator]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what an ini file can say."""
    parser.addini(
        "ecs_emulator_scope", f"how often ecs_emulator begins anew: {', '.join(SCOPES)}", default="function"
    )
    parser.addini("ecs_emulator_options", "further options of `ecs-emulator serve`", type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Begin with no emulator."""
    config.stash[_LIVE] = {}


def _scope(fixture_name: str, config: pytest.Config) -> Any:
    scope = config.getini("ecs_emulator_scope")
    if scope not in SCOPES:
        raise pytest.UsageError(f"ecs_emulator_scope is {scope!r}, and must be one of {', '.join(SCOPES)}")
    return scope


@pytest.fixture(scope="session")
def _ecs_emulator_process(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Process]:
    yield from _running(request.config, tmp_path_factory)


@pytest.fixture(scope=_scope)
def ecs_emulator(request: pytest.FixtureRequest, _ecs_emulator_process: Process) -> Emulator:
    """Return an emulator with an empty world, one for each test unless ecs_emulator_scope says otherwise."""
    return _given(request.config, "ecs_emulator", _ecs_emulator_process)


@pytest.fixture(scope="session")
def ecs_emulator_session(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Emulator]:
    """Return an emulator, in a process of its own, whose world lasts as long as the run."""
    for process in _running(request.config, tmp_path_factory):
        yield _given(request.config, "ecs_emulator_session", process)


def _running(config: pytest.Config, folders: pytest.TempPathFactory) -> Iterator[Process]:
    from emulator.testing import Process

    process = Process(folders.mktemp("ecs-emulator"), config.getini("ecs_emulator_options"))
    yield process
    process.stop()


def _given(config: pytest.Config, name: str, process: Process) -> Emulator:
    emulator = process.fresh()
    config.stash[_LIVE][name] = emulator
    return emulator


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Remember where the logs end, so that a report has the calls of its own test."""
    for emulator in item.config.stash[_LIVE].values():
        if emulator.is_up():
            emulator.mark()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what a failed test asked of its emulators."""
    report = yield
    if report.failed and item.config.stash[_LIVE]:
        report.sections += [(f"{name}: calls", text) for name, text in _told(item)]
    return report


def _told(item: pytest.Item) -> Iterator[tuple[str, str]]:
    from emulator.testing import report

    for name, emulator in item.config.stash[_LIVE].items():
        if not emulator.is_up():
            yield name, "it does not answer any more"
            continue
        requests = emulator.since_mark()
        if requests or name in getattr(item, "fixturenames", ()):
            numbers = {row["n"] for row in requests}
            careless = [row for row in emulator.violations() if row["request"] in numbers]
            yield name, report.calls(requests, careless)
