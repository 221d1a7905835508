"""The example in docs/components.md runs, and registers what it says."""

import re
from pathlib import Path

from tests.unit.components.conftest import INSTANCE, Declare

PAGE = Path(__file__).resolve().parents[3] / "docs" / "components.md"


def test_the_example_is_a_program_that_runs(declare: Declare) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    declared = declare(lambda: exec(compile(example, PAGE.name, "exec"), {}))
    assert [each.name for each in declared.of(INSTANCE)] == ["web-0", "web-1"]
    assert declared.ours("Teardown", "web-teardown").inputs["terms"]["on_replaced"] == "release"
