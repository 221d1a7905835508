"""The examples in docs/components.md run, and register what they say."""

import re
from pathlib import Path

from tests.unit.components.conftest import INSTANCE, Declare

RULE, TRAIL = "alicloud:eventbridge/rule:Rule", "alicloud:actiontrail/trail:Trail"
PAGE = Path(__file__).resolve().parents[3] / "docs" / "components.md"


def test_the_examples_are_programs_that_run(declare: Declare) -> None:
    examples = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert len(examples) == 2
    example = "\n".join(examples)
    declared = declare(lambda: exec(compile(example, PAGE.name, "exec"), {}))
    assert [each.name for each in declared.of(INSTANCE)] == ["web-0", "web-1"]
    assert declared.ours("Teardown", "web-teardown").inputs["terms"]["on_replaced"] == "release"
    assert [each.name for each in declared.of(RULE)] == ["old-releases", "old-refunds"]
    assert [each.name for each in declared.of(TRAIL)] == ["calls-trail"]
