"""What other programs read is of the documented form, and the documented form is that of the code."""

import json
from pathlib import Path

import pytest

from ecs_release.cli.planning import plans_json
from ecs_release.domain.plan import plan_release
from ecs_release.runner.documents import DOCUMENTS, schema_text
from tests.unit.domain.test_terms import LIFT, REFUND
from tests.unit.domain.worlds import NOW, TERMS, group, instance, record
from tests.unit.runner.test_phases import pair, run

SCHEMAS = Path(__file__).resolve().parents[3] / "docs" / "schemas"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_schema_is_what_make_docs_would_write_today(name: str) -> None:
    assert (SCHEMAS / f"{name}.json").read_text(encoding="utf-8") == schema_text(name)


@pytest.mark.parametrize("terms", [TERMS, LIFT, REFUND])
@pytest.mark.parametrize("protected", [True, False])
def test_a_plan_is_of_its_form(terms: object, protected: bool) -> None:
    members = {"web-0": "i-0", "web-1": "i-1", "web-2": "i-2"}
    seen = [instance("i-0", "web-0", deletion_protection=protected), instance("i-1", "web-1")]
    plan = plan_release(group(record(members), *seen), terms, NOW)  # type: ignore[arg-type]
    DOCUMENTS["plan"].validate_json(json.dumps(plans_json("t", (plan,))))


def test_a_receipt_and_a_journal_are_of_their_forms(tmp_path: Path) -> None:
    run(pair(), tmp_path)
    (receipt,) = tmp_path.glob("*.receipt.json")
    DOCUMENTS["receipt"].validate_json(receipt.read_text())
    (journal,) = tmp_path.glob("*.jsonl")
    for line in journal.read_text().splitlines():
        DOCUMENTS["journal-entry"].validate_json(line)
