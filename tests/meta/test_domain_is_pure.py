"""The domain has no clock, no I/O, no log and no chance: checked in its syntax trees."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BANNED_MODULES = {
    "io",
    "logging",
    "os",
    "pathlib",
    "random",
    "secrets",
    "socket",
    "subprocess",
    "time",
    "uuid",
}
BANNED_CALLS = {"now", "utcnow", "today", "open", "print", "input"}


def violations(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [(node.module or "").split(".")[0]]
        else:
            names = []
        found += [f"{path.name} imports {name}" for name in names if name in BANNED_MODULES]
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            found += [f"{path.name}:{node.lineno} calls {called}"] if called in BANNED_CALLS else []
    return found


def test_domain_neither_looks_nor_acts() -> None:
    paths = sorted((ROOT / "ecs_release" / "domain").glob("*.py"))
    assert len(paths) > 5
    assert [line for path in paths for line in violations(path)] == []
