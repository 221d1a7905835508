"""The wheel and the sdist: what is in them, and that each is the whole emulator away from the repository."""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from email import message_from_string
from pathlib import Path

import pytest

from tests.emulator.distribution import ROOT, SOURCE, Environment, account, build, offline, run, serving

REST = ("components", "ecs_release", "policy", "stacks", "gitops", "toolchain", "bench", "tests", "pulumi")
REQUIREMENTS = ("build.in", "build.lock", "run.lock", "tools.in", "tools.lock")
LOCK = SOURCE / "requirements" / "run.lock"
PROJECT = tomllib.loads((SOURCE / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return build(SOURCE, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module", params=["wheel", "sdist"])
def installed(
    request: pytest.FixtureRequest, built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Environment]:
    folder = tmp_path_factory.mktemp("installed")
    yield Environment(folder / "environment", built[request.param == "sdist"])
    shutil.rmtree(folder)


def package_files() -> dict[str, bytes]:
    """What git has of the package, by its path below src."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "src"]
    listed = subprocess.run(command, cwd=SOURCE, capture_output=True, text=True, check=True).stdout
    files = [SOURCE / name for name in listed.splitlines()]
    return {path.relative_to(SOURCE / "src").as_posix(): path.read_bytes() for path in files if path.exists()}


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^(\S+)==(\S+)", lock.read_text(encoding="utf-8"), re.M))


def test_the_wheel_holds_the_package_and_nothing_else(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[0]) as wheel:
        held = {name: wheel.read(name) for name in wheel.namelist() if not name.endswith("/")}
    described = {name for name in held if name.startswith("ecs_emulator-0.1.0.dist-info/")}
    assert {name: held[name] for name in held.keys() - described} == package_files()
    assert "emulator/py.typed" in held
    assert {name.rpartition("/")[2] for name in described} == {
        "METADATA",
        "RECORD",
        "WHEEL",
        "entry_points.txt",
    }


def test_the_sdist_holds_the_package_and_how_it_is_built(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[1]) as sdist:
        files = [member for member in sdist.getmembers() if member.isfile()]
        held = {each.name.partition("/")[2]: sdist.extractfile(each).read() for each in files}  # type: ignore[union-attr]
    others = ("README.md", "Containerfile", *(f"requirements/{name}" for name in REQUIREMENTS))
    expected = {name: (SOURCE / name).read_bytes() for name in others}
    expected |= {f"src/{name}": content for name, content in package_files().items()}
    # The build tool writes its own version of this one and keeps ours beside it.
    expected["pyproject.toml.orig"] = (SOURCE / "pyproject.toml").read_bytes()
    assert tomllib.loads(held.pop("pyproject.toml").decode())["project"] == PROJECT
    assert {name: held[name] for name in held if name != "PKG-INFO"} == expected


def test_data_of_the_package_gets_into_both(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(SOURCE, tmp_path / "copy"))
    page = copy / "src" / "emulator" / "page" / "index.html"
    page.parent.mkdir(exist_ok=True)
    page.write_text("<!doctype html>", encoding="utf-8")
    wheel, sdist = build(copy, tmp_path)
    assert "emulator/page/index.html" in zipfile.ZipFile(wheel).namelist()
    with tarfile.open(sdist) as opened:
        assert "ecs_emulator-0.1.0/src/emulator/page/index.html" in opened.getnames()


def test_the_metadata_say_what_it_is(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[0]) as wheel:
        told = message_from_string(wheel.read("ecs_emulator-0.1.0.dist-info/METADATA").decode())
    assert told["Description-Content-Type"] == "text/markdown"
    assert str(told.get_payload()).strip() == (SOURCE / "README.md").read_text(encoding="utf-8").strip()
    assert "Typing :: Typed" in told.get_all("Classifier", [])
    assert told.get_all("Provides-Extra") == ["pytest"]
    # The repository has no licence, so this names none.
    assert [name for name in told if name.startswith("License")] == []


def test_it_serves_from_an_empty_folder(installed: Environment, tmp_path: Path) -> None:
    command = [str(installed.programs / "ecs-emulator"), "serve", "--port", "0"]
    with serving(command, tmp_path, offline()) as url:
        assert account(url) == "1000000000000001"
    assert {path.name.removesuffix("-journal") for path in tmp_path.iterdir()} == {"emulator.db"}


def test_nothing_of_the_repository_comes_with_it(installed: Environment, tmp_path: Path) -> None:
    found = f"import importlib.util as u; print([n for n in {REST!r} if u.find_spec(n)])"
    assert installed.python(found, tmp_path).stdout.strip() == "[]"
    where = installed.python("import emulator; print(emulator.__file__)", tmp_path).stdout
    assert str(ROOT) not in where
    assert "environment" in where
    installed.pip("check")
    listed = {line.partition("==")[0].lower() for line in installed.pip("freeze").splitlines()}
    assert {line.partition(" @ ")[0] for line in listed} <= {"ecs-emulator", *pins(LOCK)}


def test_the_extra_brings_the_fixtures(installed: Environment, tmp_path: Path) -> None:
    installed.install(f"ecs-emulator[pytest]=={PROJECT['version']}")
    (tmp_path / "test_it.py").write_text(
        "def test_it(ecs_emulator):\n    assert ecs_emulator.state()['instances'] == {}\n", encoding="utf-8"
    )
    told = run([str(installed.programs / "python"), "-m", "pytest", "-q"], tmp_path)
    assert "1 passed" in told


def test_the_locks_pin_what_the_repository_tests_with() -> None:
    developers = pins(ROOT / "requirements" / "dev.lock")
    for name in ("run", "build", "tools"):
        pinned = pins(SOURCE / "requirements" / f"{name}.lock")
        assert pinned.items() <= developers.items(), f"compile {name}.lock again"
    needed = {re.split(r"[<>=]", each)[0] for each in PROJECT["dependencies"]}
    assert needed <= pins(LOCK).keys()
