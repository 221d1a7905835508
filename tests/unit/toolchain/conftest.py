"""A machine in a temporary folder, with or without a go that pretends to build."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.toolchain.pretended_machine import FILES, GO, Machine
from toolchain import official


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with a whole checkout, no tools and no way to Pulumi's own releases."""
    monkeypatch.setattr(official, "reachable", lambda: False)
    root, programs, sdk = tmp_path / "checkout", tmp_path / "programs", tmp_path / "sdk"
    programs.mkdir()
    scripts = ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python")
    files = {root / name: text for name, text in FILES.items()} | {sdk / name: "script" for name in scripts}
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    calls = tmp_path / "calls"
    path_variable = f"{programs}:/usr/bin:/bin"
    environment = {"PATH": path_variable, "CALLS": str(calls), "SDK": str(sdk), "HOME": str(tmp_path)}
    return Machine(root, programs, calls, environment | {"PULUMI_HOME": str(tmp_path / "users-home")})


@pytest.fixture
def go(machine: Machine) -> Path:
    """A go that builds anything at once."""
    return machine.add("go", GO)
