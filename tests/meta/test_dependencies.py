"""What the product needs at run time is listed with its licence, and somebody has looked at each."""

import re
from pathlib import Path

from toolchain.licences import LOCK, packages, page

ROOT = Path(__file__).resolve().parents[2]
LOCKED = (ROOT / LOCK).read_text(encoding="utf-8")
PAGE = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
# Permissive ones, and the Mozilla Public License, which asks for its own files only.
LOOKED_AT = re.compile(
    r"Apache|MIT|BSD|3-Clause BSD|ISC|PSF|Python Software Foundation|Mozilla Public License 2\.0"
    r"|not installed here, needed where sys_platform == 'win32'"
)


def test_the_page_lists_what_is_pinned() -> None:
    assert page(PAGE, LOCKED) == PAGE, "run `make docs`"
    assert len(list(packages(LOCKED))) == len(re.findall(r"^\S+==", LOCKED, re.M)) > 50


def test_every_licence_was_looked_at() -> None:
    assert [each for each in packages(LOCKED) if not LOOKED_AT.match(each.licence)] == []


def test_what_runs_is_pinned_alike_for_developers() -> None:
    developers = set(re.findall(r"^(\S+==\S+)", (ROOT / "requirements/dev.lock").read_text(), re.M))
    assert {f"{each.name}=={each.version}" for each in packages(LOCKED)} <= developers
