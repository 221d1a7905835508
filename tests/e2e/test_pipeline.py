"""A team's environment from its first pull request to its end, through the workflow files as they are."""

import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.cloud import Cloud
from tests.e2e.conftest import free_port
from tests.e2e.github import GitHub, Job
from tests.e2e.platform_identity import CHANGE, LOOK, PROVIDER, Identities, role_arn
from tests.e2e.team import Repository, machine
from tests.e2e.token_server import TokenServer
from tests.e2e.world import group

NAME = "review"
REPOSITORY = "repo:team/stacks"
FILE = f"stacks/Pulumi.{NAME}.yaml"
REVIEWED = {"approval": "plan"}
# `up` does these two after the others; here they are not set up.
LATER = ("staging", "prod")
GH = """#!/bin/sh
# Stands in for GitHub's own command: keeps what it was told to comment.
cp "$5" "$COMMENTS/$3.md"
"""


class Story:
    """A repository, a platform, a cloud, and the file of the environment that it is about."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cloud = Cloud(free_port(), folder)
        self.repository = Repository(folder / "repository")
        self.repository.merge({f"stacks/Pulumi.{name}.yaml": None for name in ("dev", *LATER)})
        self.platform = GitHub(folder, self.repository.clone, self._environment(), review=self._review)
        self.platform.variables["PULUMI_BACKEND_URL"] = (folder / "backend").as_uri()
        self.platform.variables["ALIBABA_CLOUD_OIDC_PROVIDER_ARN"] = PROVIDER
        self.platform.variables["ALIBABA_CLOUD_ROLE_ARN"] = role_arn("looker")
        self.platform.of_environment[NAME] = {
            "ECS_RELEASE_REVIEWED": "true",
            "ALIBABA_CLOUD_ROLE_ARN": role_arn("changer"),
        }
        self.reviewed: list[str] = []
        self.begun = 0

    def _environment(self) -> dict[str, str]:
        for name in ("bin", "home", "backend", "comments"):
            (self.folder / name).mkdir()
        (self.folder / "bin" / "gh").write_text(GH)
        (self.folder / "bin" / "gh").chmod(0o755)
        given = machine(self.folder / "home")
        return {
            **given,
            "PATH": f"{self.folder / 'bin'}:{given['PATH']}",
            "COMMENTS": str(self.folder / "comments"),
            "PULUMI_BACKEND_URL": (self.folder / "backend").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "",
            "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
        }

    def _review(self, environment: str, jobs: list[Job]) -> bool:
        self.reviewed.append(jobs[-1].summary)
        return environment == NAME

    def trust_the_platform(self) -> TokenServer:
        """A role that can look, for what nobody has reviewed, and one for the environment."""
        identities = Identities(self.cloud)
        identities.set_up()
        looking = [f"{REPOSITORY}:pull_request", f"{REPOSITORY}:ref:refs/heads/main"]
        identities.role("looker", looking, LOOK)
        identities.role("changer", [f"{REPOSITORY}:environment:{NAME}"], CHANGE)
        server = TokenServer(identities.token)
        self.platform.tokens = server.job
        self.begun = self.cloud.mark()
        return server

    def sessions(self, action: str, since: int) -> set[str]:
        """The names of the sessions that made these calls, as an audit would show them."""
        made = self.cloud.state("ram_role_sessions")
        calls = self.cloud.requests(since, action)
        return {made[call["access_key_id"]]["SessionName"] for call in calls}

    def on_a_desk(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A command of a member of the team in the repository itself."""
        return self.repository.call(self.platform.environment, *command)

    def declare(self, **groups: Any) -> str:
        """The environment's file with these groups."""
        written = yaml.safe_load(
            (self.repository.folder / FILE).read_text().replace("127.0.0.1:8443", self.cloud.address)
        )
        written["config"]["ecs-release:environment"]["groups"] = groups
        return str(yaml.safe_dump(written))

    def pull_request(self, text: str) -> str:
        """What is commented on a pull request with this file; then it is merged."""
        self.repository.merge({FILE: text})
        pull_request = {"head": {"repo": {"full_name": "team/stacks"}}}
        self.platform.event("preview.yml", "pull_request", number=7, pull_request=pull_request)
        return (self.folder / "comments" / "7.md").read_text()

    def kept(self, pattern: str) -> list[str]:
        """Files of the artefacts that jobs have left, a file of several jobs once."""
        found = {path.name: path for path in (self.folder / "artefacts").glob(f"*/{pattern}")}
        return [path.read_text() for path in found.values()]

    def check(self) -> list[Job]:
        """The checks that the clock has started."""
        return self.platform.event("check.yml", "schedule")[1:]

    def up(self) -> list[Job]:
        return self.platform.event("up.yml", "push", without=LATER)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    story = Story(tmp_path)
    story.cloud.start()
    tokens = story.trust_the_platform()
    yield story
    tokens.close()
    story.cloud.stop()


def test_an_environment_from_its_first_pull_request_to_its_end(story: Story) -> None:
    created(story)
    shrunk_by_the_reviewed_digest(story)
    scheduled(story)
    checked_by_the_clock(story)
    ended_by_a_label(story)


def created(story: Story) -> None:
    made = story.on_a_desk("new", "--stack", NAME, "--from", "local")
    assert made.returncode == 0, made.stderr
    comment = story.pull_request(story.declare(web=group(2, release=REVIEWED)))
    assert "| + create | `alicloud:ecs/instance:Instance` web-1 |" in comment
    assert set(story.cloud.changing(story.begun)) == {"AssumeRoleWithOIDC"}
    assert all(job.ok for job in story.up())
    assert set(story.cloud.members()) == {"web-0", "web-1"}


def shrunk_by_the_reviewed_digest(story: Story) -> None:
    """The digest goes from the look to the act because the reviewers have let it, and else not at all."""
    gone, mark = story.cloud.members()["web-1"], story.cloud.mark()
    comment = story.pull_request(story.declare(web=group(1, release=REVIEWED)))
    (digest,) = re.findall(r"ECS_RELEASE_APPROVE=([0-9a-f]{12})`", comment)
    assert f"web-1 {gone} release" in comment
    story.platform.of_environment[NAME]["ECS_RELEASE_REVIEWED"] = "false"
    look, act = story.up()[-2:]
    assert (look.ok, act.ok) == (True, False)
    assert "needs-approval" in act.printed
    assert story.cloud.released(mark) == []
    story.platform.of_environment[NAME]["ECS_RELEASE_REVIEWED"] = "true"
    assert all(job.ok for job in story.up())
    assert digest in story.reviewed[-1]
    assert story.cloud.released(mark) == [{gone}]
    assert story.sessions("DeleteInstances", mark) == {f"ecs-release-{NAME}-4711"}
    assert [gone in text for text in story.kept("journal/*.receipt.json")] == [True]


def scheduled(story: Story) -> None:
    at = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=2)
    schedule = {"at": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    comment = story.pull_request(story.declare(web=group(1, release={**REVIEWED, "schedule": schedule})))
    assert "the cloud releases 1 instance by itself" in comment
    assert all(job.ok for job in story.up())
    (instance,) = story.cloud.instances.values()
    assert instance["AutoReleaseTime"] == f"{at:%Y-%m-%dT%H:%MZ}"


def checked_by_the_clock(story: Story) -> None:
    """Quiet while all agree and after the time has come, red when somebody has moved it."""
    (good,) = story.check()
    assert good.ok
    assert "Cloud, state and file agree." in good.summary
    (instance,) = story.cloud.instances
    moved = f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%dT%H:%MZ}"
    story.cloud.call("ModifyInstanceAutoReleaseTime", InstanceId=instance, AutoReleaseTime=moved)
    (bad,) = story.check()
    assert not bad.ok
    assert "release time moved by hand" in bad.summary
    assert all(job.ok for job in story.up())
    story.cloud.control("clock", {"advance": "P2DT1H"})
    assert story.cloud.instances == {}
    (passed,) = story.check()
    assert passed.ok
    assert "released as planned" in passed.summary


def ended_by_a_label(story: Story) -> None:
    # Its file has gone with the merge: what is recorded suffices to end it.
    story.repository.merge({FILE: None})
    label = {"name": f"destroy:{NAME}"}
    assert all(job.ok for job in story.platform.event("destroy.yml", "pull_request_target", label=label))
    assert [story.cloud.state(kind) for kind in ("instances", "vpcs", "vswitches")] == [{}, {}, {}]
    assert list((story.folder / "backend").rglob("stacks/**/review.json")) == []
    assert not story.platform.event("up.yml", "push", without=LATER)[1:]
