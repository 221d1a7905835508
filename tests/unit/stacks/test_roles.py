"""Who may take on the two roles: what is refused, and that nobody is both."""

import re
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from ecs_release.domain.trust import trust_policy
from stacks.roles import Roles, patterns_meet

ALICE, BOB = (f"acs:ram::1000000000000001:user/{name}" for name in ("alice", "bob"))
PROVIDER = "acs:ram::1000000000000001:oidc-provider/pipelines"
SUBJECT = "repo:shop/web:environment:prod"
PIPELINE: dict[str, Any] = {
    "provider": PROVIDER,
    "issuer": "https://issuer.example",
    "audience": "sts.example",
    "subjects": [SUBJECT],
}
GOOD: dict[str, Any] = {
    "project": "shop",
    "stack": "prod",
    "releaser": {"principals": [ALICE]},
    "protector": {"principals": [BOB]},
}


def roles(**changes: Any) -> Roles:
    return Roles.model_validate({**GOOD, **changes})


def test_names_follow_the_stack() -> None:
    assert (roles().releaser_name, roles().protector_name) == ("shop-prod-releaser", "shop-prod-protector")
    assert roles(releaser_name="ender").releaser_name == "ender"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"releaser": {}}, "principals, a pipeline, or both"),
        ({"releaser": {"principals": ["alice"]}}, "releaser.principals.0"),
        ({"releaser": {"principals": ["acs:ram::1:user/alice"]}}, "releaser.principals.0"),
        ({"releaser": {"principals": ["*"]}}, "releaser.principals.0"),
        ({"releaser": {"principals": [ALICE], "session_seconds": 60}}, "session_seconds"),
        ({"protector": {"principals": [BOB, ALICE]}}, "user/alice"),
        ({"stack": "shop/prod"}, "stack"),
        ({"project": "my_shop"}, "my_shop-prod-releaser is not"),
        ({"protector_name": "x" * 65}, "letters, digits and dashes"),
        ({"who": 1}, "who"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(words)):
        roles(**changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"provider": "pipelines"}, "provider"),
        ({"issuer": "http://issuer.example"}, "issuer"),
        ({"audience": ""}, "audience"),
        ({"subjects": []}, "subjects"),
        ({"subjects": ["*"]}, "at least two whole words"),
        ({"subjects": ["repo:*"]}, "at least two whole words"),
        ({"subjects": ["repo:sho*"]}, "at least two whole words"),
        ({"subjects": ["r?po:shop/web:environment:prod"]}, "at least two whole words"),
    ],
)
def test_a_pipeline_that_strangers_could_have_too_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        roles(releaser={"pipeline": {**PIPELINE, **changes}})


@pytest.mark.parametrize("subject", [SUBJECT, "repo:shop/*", "system:serviceaccount:shop:*", "any-one"])
def test_a_pipeline_that_is_told_apart_is_taken(subject: str) -> None:
    made = roles(releaser={"pipeline": {**PIPELINE, "subjects": [subject]}})
    assert made.releaser.pipeline is not None
    assert made.releaser.pipeline.subjects == (subject,)


@pytest.mark.parametrize(
    ("other", "both"),
    [
        (SUBJECT, True),
        ("repo:shop/*", True),
        ("repo:shop/*:environment:prod", True),
        ("repo:shop/web:environment:lift", False),
    ],
)
def test_no_pipeline_may_be_both(other: str, both: bool) -> None:
    held = {"releaser": {"pipeline": PIPELINE}, "protector": {"pipeline": {**PIPELINE, "subjects": [other]}}}
    if both:
        with pytest.raises(ValidationError, match="nobody who may be the releaser as well"):
            roles(**held)
    else:
        assert roles(**held)


def test_pipelines_of_two_platforms_do_not_meet() -> None:
    elsewhere = {**PIPELINE, "provider": f"{PROVIDER}2"}
    assert roles(releaser={"pipeline": PIPELINE}, protector={"pipeline": elsewhere})


PATTERNS = st.text(alphabet="ab*?", max_size=3)
# Where two patterns meet, no more signs are needed than both have.
TEXTS = ["".join(signs) for length in range(7) for signs in product("ab", repeat=length)]


def fits(pattern: str, text: str) -> bool:
    parts = {"*": "[ab]*", "?": "[ab]"}
    return re.fullmatch("".join(parts.get(sign, sign) for sign in pattern), text) is not None


@given(PATTERNS, PATTERNS)
@example("a*b", "*a")
@example("a*", "*b")
def test_patterns_meet_where_one_text_fits_both(one: str, other: str) -> None:
    assert patterns_meet(one, other) is any(fits(one, text) and fits(other, text) for text in TEXTS)


def test_the_trust_of_people_and_pipelines() -> None:
    made = roles(releaser={"principals": [ALICE], "pipeline": PIPELINE})
    assert trust_policy(made.releaser.trusted) == {
        "Version": "1",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"RAM": [ALICE]}},
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRoleWithOIDC",
                "Principal": {"Federated": [PROVIDER]},
                "Condition": {
                    "StringEquals": {
                        "oidc:iss": ["https://issuer.example"],
                        "oidc:aud": ["sts.example"],
                    },
                    "StringLike": {"oidc:sub": [SUBJECT]},
                },
            },
        ],
    }
