"""The pages on the actions say what the code does: what each reads, ignores, refuses and answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from emulator.reference.links import page_of
from emulator.reference.pages import pages
from emulator.reference.told import FILE
from emulator.registry import ACTIONS, COMMON

from tests.emulator import documented_parameters, reference_file
from tests.emulator.cloud import Cloud
from tests.emulator.inside import opened
from tests.emulator.judged import judge
from tests.emulator.reading.handlers import Key, facts, sent

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "emulator"
KEYS = sorted(facts())
AGAIN = "`make docs` writes it anew"


def named(key: Key) -> str:
    return " ".join(key)


def test_what_is_told_of_the_actions_is_what_their_code_says_today() -> None:
    assert FILE.read_text(encoding="utf-8") == reference_file.made(), AGAIN


def test_the_pages_are_what_would_be_written_today() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("actions*.md")}
    assert written == pages(), AGAIN


def test_the_code_of_every_action_is_clear_to_its_reader() -> None:
    assert {named(key): found.unclear for key, found in facts().items() if found.unclear} == {}


def test_every_action_says_what_it_does_and_is_on_a_page() -> None:
    text = "".join(pages().values())
    assert [key for key in KEYS if not (ACTIONS[key].handler.__doc__ or "").partition(":")[2].strip()] == []
    assert [key for key in KEYS if f"## {key[1]}\n" not in text] == []


@pytest.mark.parametrize("key", KEYS, ids=named)
def test_what_is_said_to_be_read_is_read(key: Key) -> None:
    action, reads = ACTIONS[key], facts()[key].reads
    assert action.allowed - action.ignored - COMMON - reads == set()


@pytest.mark.parametrize("key", KEYS, ids=named)
def test_what_is_said_to_be_without_effect_is_asked_for_by_nobody(key: Key) -> None:
    assert ACTIONS[key].ignored & facts()[key].reads == set()


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with opened() as inside:
        yield inside


@pytest.mark.parametrize("key", KEYS, ids=named)
def test_what_is_said_to_be_refused_is_refused(cloud: Cloud, key: Key) -> None:
    product, action = key
    needed = {sent(name): "any" for name in (*ACTIONS[key].required, *ACTIONS[key].sent)}
    for name in (*documented_parameters.refused(key), "NoSuchParameter"):
        answer = cloud.call(action, {**needed, sent(name): "any"}, product)
        assert answer.outcome == "400 UnsupportedParameter", name


def test_only_the_official_client_of_one_product_is_missing() -> None:
    assert {key[0] for key in KEYS if documented_parameters.documented(key) is None} == {"Location"}
    assert {key[0] for key in KEYS if not page_of(*key)} == {"Location"}


def test_an_answer_that_is_not_listed_fails_the_test_that_gets_it() -> None:
    judge("Ecs", "DeleteInstance", "403 ChargeTypeViolation")
    with pytest.raises(AssertionError, match="which is not listed"):
        judge("Ecs", "DeleteInstance", "403 InvalidDiskIds.Malformed")
