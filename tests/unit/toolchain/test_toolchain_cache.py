"""The cache: where it is, what its keys depend on, and that an entry is whole or absent."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from toolchain.cache import Cache, cache_folder
from toolchain.fingerprints import fingerprint, identity


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"ECS_RELEASE_CACHE": "/own", "XDG_CACHE_HOME": "/shared"}, Path("/own")),
        ({"XDG_CACHE_HOME": "/shared"}, Path("/shared/ecs-release")),
        ({}, Path.home() / ".cache" / "ecs-release"),
    ],
)
def test_the_cache_is_outside_the_checkout(environment: dict[str, str], folder: Path) -> None:
    assert cache_folder(environment) == folder


def _checkout(folder: Path, content: str, name: str = "go.sum") -> tuple[Path, list[Path]]:
    folder.mkdir()
    (folder / name).write_text(content)
    return folder, [folder / name]


def test_two_checkouts_of_the_same_sources_share_a_key(tmp_path: Path) -> None:
    assert fingerprint(*_checkout(tmp_path / "a", "x")) == fingerprint(*_checkout(tmp_path / "b", "x"))


def test_a_key_changes_with_content_name_and_facts(tmp_path: Path) -> None:
    same = _checkout(tmp_path / "a", "x")
    keys = {
        fingerprint(*same),
        fingerprint(*same, ["Linux"]),
        fingerprint(*_checkout(tmp_path / "b", "y")),
        fingerprint(*_checkout(tmp_path / "c", "x", "go.mod")),
    }
    assert len(keys) == 4


def test_a_replaced_program_is_another_one(tmp_path: Path) -> None:
    program = tmp_path / "pulumi"
    program.write_text("old")
    before = identity(program)
    program.write_text("newer")
    assert identity(program) != before
    assert identity(None) == "none"


def test_an_entry_is_made_once(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    entry = cache.entry("pulumi", "key")
    for content in ("first", "second"):
        cache.make(entry, lambda folder, content=content: _write(folder, content))  # type: ignore[misc]
    assert (entry / "file").read_text() == "first"


def test_an_entry_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    cache = Cache(tmp_path)

    def fail(folder: Path) -> None:
        _write(folder, "half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.make(cache.entry("pulumi", "key"), fail)
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_a_second_set_up_waits_for_the_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    order: list[str] = []
    cache = Cache(tmp_path)

    def second() -> None:
        with Cache(tmp_path).exclusive():
            order.append("second")

    with cache.exclusive():
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]
    assert f"waiting for another set-up that works in {tmp_path}" in capsys.readouterr().err


def test_what_is_there_is_had_while_another_set_up_works(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cache = Cache(tmp_path)
    entry = cache.kept(cache.entry("pulumi", "key"), lambda folder: _write(folder, "first"))
    with Cache(tmp_path).exclusive():
        assert cache.kept(entry, lambda folder: _write(folder, "second")) == entry
    assert (entry / "file").read_text() == "first"
    assert capsys.readouterr().err == ""


def test_what_a_killed_set_up_left_is_swept(tmp_path: Path) -> None:
    _write(tmp_path / "unfinished", "half")
    with Cache(tmp_path).exclusive():
        assert not (tmp_path / "unfinished").exists()


def _write(folder: Path, content: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "file").write_text(content)
