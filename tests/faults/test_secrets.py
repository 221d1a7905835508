"""A planted secret is looked for in everything that a stack's life leaves and says."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.conftest import Worlds
from tests.e2e.world import World, group

SECRET = "planted-9f8e7d6c5b4a39281706f5e4d3c2b1a0"
COMMANDS = (
    ("plan",),
    ("plan", "--json"),
    ("plan", "--markdown"),
    ("status",),
    ("survivors",),
    ("audit",),
    ("journal",),
    ("doctor",),
    ("extend", "--group", "web", "--by", "2h"),
    ("cancel", "--group", "web"),
    ("claim", "i-00000000000000000000"),
    ("disown", "i-00000000000000000000"),
    ("adopt", "--group", "old", "--tag", "role=old"),
    ("calendar", "--ics", "calendar.ics", "--html", "calendar.html"),
)


class CommandLines:
    """Whether any process of the machine had the secret on its command line."""

    def __init__(self) -> None:
        self.found: set[str] = set()
        self.looks = 0
        self._over = threading.Event()

    @contextmanager
    def watched(self) -> Iterator["CommandLines"]:
        watcher = threading.Thread(target=self._watch, daemon=True)
        watcher.start()
        yield self
        self._over.set()
        watcher.join(timeout=10)

    def _watch(self) -> None:
        while not self._over.is_set():
            self.looks += 1
            for file in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    words = file.read_bytes()
                # It has ended in between.
                except OSError:
                    continue
                if SECRET.encode() in words:
                    self.found.add(words.decode(errors="replace"))
            time.sleep(0.05)


def files_with(folder: Path, secret: str) -> list[Path]:
    """Every file that has the secret in it but the emulator's own: the cloud knows its keys."""
    return [
        file
        for file in folder.rglob("*")
        if file.is_file() and not file.name.startswith("emulator") and secret.encode() in file.read_bytes()
    ]


def lived(world: World) -> str:
    """A stack's life from its first `up` to its end, with every command in between; all that was said."""
    world.environment["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = SECRET
    protected = group(1, deletion_protection=True, release={"schedule": {"after": "8h"}})
    world.groups = {"web": protected}
    said = [world.up("-v=9", "--logtostderr")]
    said += [world.ecs_release(*command) for command in COMMANDS if command[0] != "calendar"]
    said.append(world.run([world.own_command()[0], *COMMANDS[-1]], {}))
    said += [world.preview("--diff", "--refresh"), world.destroy("-v=9", "--logtostderr")]
    world.groups["web"]["deletion_protection"] = False
    said += [world.up(), world.destroy()]
    assert said[-1].code == 0
    return "".join(result.output for result in said)


def test_a_planted_secret_is_nowhere(worlds: Worlds) -> None:
    world = worlds.empty()
    with CommandLines().watched() as lines:
        said = lived(world)
    assert SECRET not in said
    assert files_with(world.folder, SECRET) == []
    assert files_with(Path(world.environment["PULUMI_HOME"]) / "logs", SECRET) == []
    assert lines.looks > 20
    assert lines.found == set()


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(f'{{"key": "{SECRET}"}}')
    assert files_with(tmp_path, SECRET) == [tmp_path / "state.json"]
