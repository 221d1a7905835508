"""A skipped or expected-to-fail test fails the run: what cannot be tested has to be said, not hidden."""

import signal

import pytest
from hypothesis import settings

# A shell starts what runs in the background with this signal ignored, and commands would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
# Machines are noisy: how long an example takes says nothing about the code.
settings.register_profile("ecs-release", deadline=None)
settings.load_profile("ecs-release")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        # A worker of a distributed run: its controller counts.
        return
    hidden = [kind for kind in ("skipped", "xfailed", "xpassed") if reporter.stats.get(kind)]
    if hidden and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"FAILED: {', '.join(hidden)} tests are not allowed", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
