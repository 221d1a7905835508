"""Every row of the reference's error tables, asked for over HTTP; and that no row was forgotten."""

from __future__ import annotations

import pytest

from tests.emulator import cases_change, cases_charge, cases_read, cases_release
from tests.emulator.cloud import Cloud
from tests.emulator.documented_cases import Case, said
from tests.emulator.documented_codes import CANNOT_OCCUR, DOCUMENTED

CASES = [*cases_release.CASES, *cases_change.CASES, *cases_read.CASES, *cases_charge.CASES]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_documented_answer(cloud: Cloud, case: Case) -> None:
    answer, before, after = case.ask(cloud)
    assert said(answer) == case.outcome, answer.body
    # Who was refused has changed nothing.
    assert after == before
    if answer.status != 200:
        assert set(answer.body) >= {"RequestId", "HostId", "Code", "Message", "Recommend"}


def test_every_documented_code_has_a_case() -> None:
    assert {case.row for case in CASES} | set(CANNOT_OCCUR) == DOCUMENTED


def test_what_cannot_occur_has_no_case() -> None:
    assert {case.row for case in CASES} & set(CANNOT_OCCUR) == set()


def test_the_names_of_the_cases_differ() -> None:
    ids = [case.id for case in CASES]
    assert len(set(ids)) == len(ids)
