"""Pages are followed by name: `followed("go.md", {...})`, with what their clients need in the environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest

from tests.emulator_clients.pages import Followed, follow


class Follow(Protocol):
    """Follows a page and returns what came of it; ends the test when a command of the page failed."""

    def __call__(self, name: str, environment: Mapping[str, str]) -> Followed: ...


@pytest.fixture
def followed(tmp_path: Path) -> Follow:
    def run(name: str, environment: Mapping[str, str]) -> Followed:
        result = follow(name, tmp_path, environment)
        assert result.code == 0, result.output
        return result

    return run
