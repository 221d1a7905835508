"""What one plugin process saw declared is known to the others of its operation, and to no later one."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from ecs_release.provider.declarations import Declarations, DeclarationsUnwritable
from tests.unit.provider.conftest import record

ENGINE = "127.0.0.1:4711"
WRITER = """
import sys
import time
from pathlib import Path

import pytest
from ecs_release.provider.declarations import Declarations, DeclarationsUnwritable
from tests.unit.provider.conftest import record
said = Declarations("127.0.0.1:4711", lambda: True, Path(sys.argv[1]))
said.declare(record())
said.sweep(("shop", "test", "web"))
print("said", flush=True)
sys.stdin.read()
"""
KEY = ("shop", "test", "web")


def test_a_process_knows_what_it_saw(tmp_path: Path) -> None:
    said = Declarations(ENGINE, lambda: True, tmp_path)
    assert said.group(KEY) is None
    said.declare(record())
    said.sweep(KEY)
    assert said.members() == {"i-0": "web-0", "i-1": "web-1", "i-2": "web-2"}
    assert said.is_swept(KEY)


def test_another_process_knows_it_as_long_as_the_first_one_lives(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[3]
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)],
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "said\n"
    reader = Declarations(ENGINE, lambda: True, tmp_path)
    assert (reader.members().get("i-0"), reader.is_swept(KEY)) == ("web-0", True)
    assert Declarations("127.0.0.1:4712", lambda: True, tmp_path).group(KEY) is None
    writer.communicate()
    assert (reader.group(KEY), reader.is_swept(KEY)) == (None, False)


def test_a_process_without_its_engine_speaks_for_nobody(tmp_path: Path) -> None:
    orphan = Declarations(ENGINE, lambda: False, tmp_path)
    orphan.sweep(KEY)
    reader = Declarations(ENGINE, lambda: True, tmp_path)
    ends_at = time.monotonic() + 10
    while reader.is_swept(KEY):
        assert time.monotonic() < ends_at


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = Declarations(ENGINE, lambda: True, tmp_path / "file" / "run")
    with pytest.raises(DeclarationsUnwritable, match="make the project's folder writable"):
        said.sweep(KEY)


def test_what_a_dead_process_left_is_removed(tmp_path: Path) -> None:
    left = tmp_path / "127.0.0.1_4711.1"
    left.write_text("{")
    Declarations(ENGINE, lambda: True, tmp_path).sweep(KEY)
    assert not left.exists()
