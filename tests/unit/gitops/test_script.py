"""The script's own judgements: digests in texts, names of environments, sessions, drift that is none."""

import json
from pathlib import Path
from typing import Any

import pytest

from ecs_release.cli.output import Unusable as Unreadable
from ecs_release.domain.facts import Cloud
from ecs_release.gateway.exchange import Session, Wanted
from gitops import files, identity, report
from gitops.files import Unusable
from gitops.looking import _only_released_as_planned, approvals_in

NEEDED = "needs-approval: a release of this group needs the digest of its plan (ECS_RELEASE_APPROVE="
STACK_FILE = """# A comment that comes along.
config:
  ecs-release:environment:
    tags: {environment: dev, cost-center: "42"}
encryptionsalt: v1:AAAA:v1:BBBB
"""


@pytest.mark.parametrize(
    ("text", "digests"),
    [
        ("nothing", []),
        ("web: 1 to release\n  digest: 6559fe05715f", ["6559fe05715f"]),
        (f"{NEEDED}6559fe05715f)\n  digest: 6559fe05715f", ["6559fe05715f"]),
        (f"{NEEDED}6559fe05715f@128.50)\n  digest: 6559fe05715f", ["6559fe05715f@128.50"]),
        (f"{NEEDED}6559fe05715f)\n{NEEDED}0123456789ab)", ["6559fe05715f", "0123456789ab"]),
        ("digest: not-one-of-them", []),
    ],
)
def test_the_digests_that_a_text_of_plans_asks_for(text: str, digests: list[str]) -> None:
    assert approvals_in(text) == digests


def refresh(message: str, **counts: int) -> dict[str, Any]:
    steps = [{"op": "delete", "oldState": {"id": f"i-{number}"}} for number in range(counts.get("delete", 0))]
    told = [{"message": message}] if message else []
    return {"steps": [*steps, {"op": "refresh"}], "diagnostics": told, "changeSummary": {"same": 3, **counts}}


@pytest.mark.parametrize(
    ("engine", "planned"),
    [
        (refresh("web: web-0 i-0 schedule: released as planned at 2026-11-26T18:34Z; …", delete=1), True),
        (refresh("web: web-0 i-0 schedule: released as planned at 2026-11-26T18:34Z; …", delete=2), False),
        (refresh("web: web-0 i-0 schedule: released as planned at …", delete=1, update=1), False),
        (refresh("web: web-0 i-0 was released by hand", delete=1), False),
        (refresh("", delete=1), False),
    ],
)
def test_a_member_that_went_at_its_time_is_no_drift(engine: dict[str, Any], planned: bool) -> None:
    assert _only_released_as_planned(engine) is planned


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "Pulumi.dev.yaml").write_text(STACK_FILE)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "example", "words"),
    [
        ("Load", "dev", "'Load' is no name for an environment: 1 to 40 lower-case letters"),
        ("load-", "dev", "is no name"),
        ("../x", "dev", "is no name"),
        ("", "dev", "is no name"),
        ("a" * 41, "dev", "is no name"),
        ("local", "dev", "local is every machine's own emulator"),
        ("dev", "dev", "Pulumi.dev.yaml exists already"),
        ("load", "staging", "there is no file of 'staging' to begin with; there are dev"),
    ],
)
def test_what_no_environment_can_be_made_of(project: Path, name: str, example: str, words: str) -> None:
    with pytest.raises(Unusable) as refused:
        files.check_new(project, name, example)
    assert words in str(refused.value)


def test_a_new_file_has_the_comments_its_own_name_and_nothing_that_belongs_to_the_old_stack() -> None:
    made = files.text_for("load", "dev", STACK_FILE, {})
    assert made == STACK_FILE.replace("environment: dev", "environment: load").replace(
        "encryptionsalt: v1:AAAA:v1:BBBB\n", ""
    )


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ({"groups": {"old": {"adopt": {"old-0": "i-1"}}}}, "adopt"),
        ({"config": [{"secure": "v1:x"}]}, "secure"),
    ],
)
def test_what_belongs_to_one_stack_alone_is_not_copied(content: Any, named: str) -> None:
    with pytest.raises(Unusable, match=f"the file of dev has {named}, which belongs to that stack alone"):
        files.text_for("load", "dev", "", content)


ROLE = {identity.ROLE: "acs:ram::1:role/r", identity.PROVIDER: "acs:ram::1:oidc-provider/p"}


@pytest.fixture
def exchanged(monkeypatch: pytest.MonkeyPatch) -> list[Wanted]:
    """What was asked for, instead of asking."""
    asked: list[Wanted] = []

    def given(wanted: Wanted, cloud: Cloud) -> Session:
        asked.append(wanted)
        return Session("key", "secret", "token")

    monkeypatch.setattr(identity, "exchange", given)
    monkeypatch.setattr(identity, "_cloud", lambda stack: Cloud("cn-hangzhou"))
    return asked


def test_keys_of_ones_own_are_used_and_no_role_is_asked_for(exchanged: list[Wanted]) -> None:
    own = {**ROLE, identity.KEY: "own", identity.TOKEN: "t"}
    assert identity.signed_in("dev", own) == own
    assert identity.signed_in("dev", {"PATH": "/bin"}) == {"PATH": "/bin"}
    assert exchanged == []


def test_the_session_takes_the_place_of_the_token(exchanged: list[Wanted]) -> None:
    environment = {**ROLE, identity.TOKEN: " the-token\n", "CI_PIPELINE_ID": "42", "PATH": "/bin"}
    made = identity.signed_in("team/ecs-release/dev", environment)
    keys = {identity.KEY: "key", identity.SECRET: "secret", identity.SESSION_TOKEN: "token"}
    assert made == {"PATH": "/bin", "CI_PIPELINE_ID": "42", **keys}
    (wanted,) = exchanged
    assert (wanted.token, wanted.session_name) == ("the-token", "ecs-release-dev-42")
    assert "the-token" not in repr(wanted)


@pytest.mark.parametrize(
    ("backend", "given"),
    [
        ("s3://state?endpoint=https://s3.oss-cn-hangzhou.aliyuncs.com", True),
        ("s3://state", False),
        ("file:///state", False),
        ("", False),
    ],
)
def test_a_bucket_of_oss_is_reached_as_the_same_session(
    exchanged: list[Wanted], backend: str, given: bool
) -> None:
    made = identity.signed_in("dev", {**ROLE, identity.TOKEN: "t", identity.BACKEND: backend})
    assert made.get("AWS_SESSION_TOKEN") == ("token" if given else None)


@pytest.mark.parametrize("more", [{}, {identity.TOKEN: " "}, {identity.TOKEN_FILE: "/nowhere/token"}])
def test_a_role_without_a_token_is_an_error_that_says_what_to_do(
    exchanged: list[Wanted], more: dict[str, str]
) -> None:
    with pytest.raises(Unreadable, match=identity.TOKEN_FILE):
        identity.signed_in("dev", {**ROLE, **more})
    assert exchanged == []


def test_a_report_fits_a_comment_and_no_text_ends_its_block() -> None:
    assert len(report.shortened("x" * 100_000)) <= report.MOST_CHARACTERS
    assert report.block("a\n```\nb").startswith("````text\n")
    many = {"steps": [step(number) for number in range(150)], "changeSummary": {"create": 150}}
    table = report.changes(many)
    assert table.startswith("**150 to create**")
    assert table.endswith("… and 50 more")
    assert "| + create | `alicloud:vpc/network:Network` n-7 |  |" in table


def step(number: int) -> dict[str, str]:
    urn = (
        f"urn:pulumi:dev::ecs-release::ecs-release:index:Environment$alicloud:vpc/network:Network::n-{number}"
    )
    return {"op": "create", "urn": urn}


def test_what_was_said_twice_is_shown_once() -> None:
    told = [{"message": "a\n"}, {"message": "b\n"}, {"message": "a\n"}, {"message": "\n"}]
    assert report.messages(json.loads(json.dumps({"diagnostics": told}))) == ["a", "b"]
