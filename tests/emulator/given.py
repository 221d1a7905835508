"""Which of the listed refusals some test has been given: `python -m tests.emulator.given FOLDER`.

The folder is what a run of all tests of the emulator with EMULATOR_SEEN=FOLDER has left. What probing gets is
not kept, for a test probes anew; only what other tests get, and what none gets.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.emulator.probed_world import world
from tests.emulator.probing import answers
from tests.emulator.reading.handlers import Key, facts, in_front, refusals

FILE = Path(__file__).with_name("given.json")
ELSEWHERE, NOWHERE = "by other tests", "by none"


def own(key: Key) -> set[str]:
    """Return the refusals that are an action's own."""
    return set(refusals(key) - in_front())


def kept(word: str, key: Key) -> set[str]:
    """Return what the file says of an action's refusals."""
    found = json.loads(FILE.read_text(encoding="utf-8"))[word]
    return set(found.get(" ".join(key), []))


def sorted_out(folder: Path) -> dict[str, dict[str, list[str]]]:
    """Probe every action, and tell what is left by whether another test was given it."""
    cloud, values = world()
    lines = {line for path in folder.iterdir() for line in path.read_text(encoding="utf-8").splitlines()}
    found: dict[str, dict[str, list[str]]] = {ELSEWHERE: {}, NOWHERE: {}}
    for key in facts():
        for answer in sorted(own(key) - answers(cloud, key, values)):
            word = ELSEWHERE if f"{' '.join(key)} {answer}" in lines else NOWHERE
            found[word].setdefault(" ".join(key), []).append(answer)
    return found


if __name__ == "__main__":
    FILE.write_text(f"{json.dumps(sorted_out(Path(sys.argv[1])), indent=1)}\n", encoding="utf-8")
