"""The judgement over policies, by its properties: whatever the statements are, these hold."""

from __future__ import annotations

import re
from typing import Any

import pytest
from emulator.access.conditions import OPERATORS, holds
from emulator.access.policy import Asked, Judgement, Statement, judge
from emulator.access.wildcards import fits, fits_ignoring_case
from hypothesis import given
from hypothesis import strategies as st

WORDS = ["ecs:DeleteInstance", "ecs:DeleteInstances", "ecs:DescribeDisks", "vpc:DeleteVpc"]
ARNS = [f"acs:ecs:cn-hangzhou:1:{kind}/{n}" for kind in ("instance", "disk") for n in ("a", "b")]
KEYS = {"acs:ResourceTag/team": ["web", "db"], "acs:RegionId": ["cn-hangzhou", "cn-beijing"]}
TEXT = st.text(alphabet="ab:*?/.[", max_size=8)


@st.composite
def patterns(draw: st.DrawFn, words: list[str]) -> str:
    """A word, its beginning with a star, or a star."""
    word = draw(st.sampled_from(words))
    cut = draw(st.integers(min_value=0, max_value=len(word)))
    return draw(st.sampled_from([word, f"{word[:cut]}*", "*", word.replace("a", "?", 1)]))


@st.composite
def statements(draw: st.DrawFn, effect: str | None = None) -> Statement:
    chosen = effect or draw(st.sampled_from(["Allow", "Deny"]))
    action = draw(st.sampled_from(["Action", "NotAction"]))
    resource = draw(st.sampled_from(["Resource", "NotResource"]))
    keys = draw(
        st.dictionaries(st.sampled_from(list(KEYS)), st.sampled_from(["web", "db", "cn-*"]), max_size=1)
    )
    operator = draw(st.sampled_from(["StringEquals", "StringNotEquals", "StringLike"]))
    actions = draw(
        st.lists(patterns(WORDS).filter(lambda one: ":" in one or one == "*"), min_size=1, max_size=2)
    )
    body: dict[str, Any] = {"Effect": chosen, action: actions}
    body[resource] = draw(st.lists(patterns(ARNS), min_size=1, max_size=2))
    return Statement.model_validate({**body, "Condition": {operator: keys} if keys else {}})


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    tags = {key.lower(): draw(st.sampled_from(values)) for key, values in KEYS.items() if draw(st.booleans())}
    return Asked((draw(st.sampled_from(WORDS)),), draw(st.sampled_from(ARNS)), tags)


many = st.lists(statements(), max_size=5)


@given(many, asked())
def test_only_an_allow_and_no_deny_allows(given_ones: list[Statement], call: Asked) -> None:
    speaking = [one.effect for one in given_ones if one.speaks_of(call)]
    allowed = "Allow" in speaking and "Deny" not in speaking
    assert (judge(given_ones, call) is Judgement.ALLOWED) == allowed


@given(many, statements("Deny"), asked())
def test_a_deny_more_never_grants(given_ones: list[Statement], more: Statement, call: Asked) -> None:
    if judge([*given_ones, more], call) is Judgement.ALLOWED:
        assert judge(given_ones, call) is Judgement.ALLOWED


@given(many, statements("Allow"), asked())
def test_an_allow_less_never_grants(given_ones: list[Statement], more: Statement, call: Asked) -> None:
    if judge(given_ones, call) is Judgement.ALLOWED:
        assert judge([*given_ones, more], call) is Judgement.ALLOWED


@given(many, statements("Allow"), asked())
def test_an_allow_never_lifts_a_deny(given_ones: list[Statement], more: Statement, call: Asked) -> None:
    if judge(given_ones, call) is Judgement.DENIED:
        assert judge([*given_ones, more], call) is Judgement.DENIED


@given(st.permutations(range(4)), st.lists(statements(), min_size=4, max_size=4), asked())
def test_the_order_does_not_matter(order: list[int], given_ones: list[Statement], call: Asked) -> None:
    assert judge([given_ones[n] for n in order], call) is judge(given_ones, call)


@given(statements("Allow"), asked())
def test_a_condition_more_never_grants(one: Statement, call: Asked) -> None:
    narrower = one.model_copy(update={"condition": {**one.condition, "Bool": {"acs:MFAPresent": ["true"]}}})
    assert judge([narrower], call) is Judgement.SILENT


@given(statements(), asked())
def test_action_and_not_action_divide_all_calls(one: Statement, call: Asked) -> None:
    swapped = one.model_copy(update={"action": one.not_action, "not_action": one.action})
    open_one: dict[str, Any] = {"condition": {}, "resource": ["*"], "not_resource": None}
    pair = [each.model_copy(update=open_one).speaks_of(call) for each in (one, swapped)]
    assert sorted(pair) == [False, True]


def test_nothing_allows_nothing() -> None:
    assert judge([], Asked(("ecs:DeleteInstance",), "*")) is Judgement.SILENT


@given(TEXT, TEXT)
def test_wildcards_match_as_a_slow_reader_would(pattern: str, text: str) -> None:
    assert fits(pattern, text) == slowly(pattern, text)


def slowly(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(slowly(pattern[1:], text[n:]) for n in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and slowly(pattern[1:], text[1:])


@given(st.text(alphabet="aBc:*", max_size=8))
def test_actions_match_in_either_case(word: str) -> None:
    assert fits_ignoring_case(word.upper(), word.lower())


@given(
    st.sampled_from(sorted(OPERATORS)),
    st.lists(st.sampled_from(["1", "2026-06-15", "10.0.0.0/8", "a*", "true"]), min_size=1),
)
def test_a_condition_and_its_not_form_never_agree(operator: str, wanted: list[str]) -> None:  # fmt: skip
    opposite = re.sub(r"^(String|Numeric|Date)(?=Equals|Like)", r"\1Not", operator)
    opposite = "NotIpAddress" if operator == "IpAddress" else opposite
    if opposite in OPERATORS and opposite != operator:
        for value in (None, "1", "a", "10.1.2.3", "2026-06-15T00:00:00Z"):
            assert holds(operator, value, wanted) != holds(opposite, value, wanted)


@pytest.mark.parametrize("operator", sorted(one for one in OPERATORS if "Not" not in one))
def test_a_key_that_is_missing_fits_no_value(operator: str) -> None:
    assert not holds(operator, None, ["1", "*", "2026-06-15", "true"])
