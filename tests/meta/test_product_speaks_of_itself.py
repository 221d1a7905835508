"""No registry host names, no paths of a machine, no real-looking keys in any tracked text."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = {
    "a registry's host name": re.compile(
        r"(?:pypi|pythonhosted|npmjs|crates|proxy\.golang|sum\.golang)" + r"\.(?:org|io|com)\b"
    ),
    "a path of one machine": re.compile(r"/(?:root|home)/[a-z]+/|/work/" + r"(?:main|shared)"),
    "a key that looks real": re.compile(r"\bLTAI[0-9A-Za-z]{12,}\b"),
}


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if not name.endswith((".png", "go.sum"))]


def test_no_tracked_file_says_what_it_must_not() -> None:
    found = []
    for path in tracked_files():
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        for name, pattern in FORBIDDEN.items():
            found += [f"{path.relative_to(ROOT)}: {name}: {hit}" for hit in pattern.findall(text)]
    assert found == []


def test_there_is_no_uv_lock() -> None:
    assert "uv.lock" not in [path.name for path in tracked_files()]
