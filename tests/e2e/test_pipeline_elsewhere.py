"""The recipe of GitLab and the operator's check call the same script; prod goes by a digest there as well."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.cloud import Cloud
from tests.e2e.conftest import free_port
from tests.e2e.gitlab import GitLab, run_container
from tests.e2e.platform_identity import CHANGE, LOOK, PROVIDER, Identities, role_arn
from tests.e2e.team import Repository, machine
from tests.e2e.world import group

NAME = "prod"
FILE = f"stacks/Pulumi.{NAME}.yaml"
REVIEWED = {"approval": "plan"}


class Project:
    """A repository on GitLab, a cloud that trusts its tokens, and the file of prod."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cloud = Cloud(free_port(), folder)
        self.cloud.start()
        self.identities = Identities(self.cloud)
        self.identities.set_up()
        self.identities.role("looker", ["branch"], LOOK)
        self.identities.role("changer", [f"environment:{NAME}"], CHANGE)
        self.repository = Repository(folder / "repository")
        (folder / "home").mkdir()
        (folder / "backend").mkdir()
        self.state = {"PULUMI_BACKEND_URL": (folder / "backend").as_uri(), "PULUMI_CONFIG_PASSPHRASE": ""}
        environment = {**machine(folder / "home"), "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}
        self.gitlab = GitLab(folder, self.repository.clone, environment, self.identities.token)
        provider = {"ALIBABA_CLOUD_OIDC_PROVIDER_ARN": PROVIDER}
        self.gitlab.variables = {**self.state, **provider, "ALIBABA_CLOUD_ROLE_ARN": role_arn("looker")}
        self.gitlab.of_environment[NAME] = {"ALIBABA_CLOUD_ROLE_ARN": role_arn("changer")}

    def declare(self, **groups: Any) -> None:
        """Merges prod's file with these groups."""
        text = (self.repository.folder / "stacks/Pulumi.local.yaml").read_text()
        written = yaml.safe_load(text.replace("127.0.0.1:8443", self.cloud.address))
        written["config"]["ecs-release:environment"]["groups"] = groups
        self.repository.merge({FILE: yaml.safe_dump(written)})

    def check_by_the_cluster(self) -> Any:
        """The operator's morning check, in a pod with a token of the cluster."""
        documents = yaml.safe_load_all((self.repository.folder / f"gitops/operator/{NAME}.yaml").read_text())
        (job,) = [each for each in documents if each["kind"] == "CronJob"]
        (container,) = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
        folder, token = self.folder / "pod", self.folder / "token"
        folder.mkdir()
        token.write_text(self.identities.token("branch"))
        injected = {"ALIBABA_CLOUD_OIDC_TOKEN_FILE": str(token), "REPOSITORY": str(self.repository.folder)}
        return run_container(
            container, folder, {**self.gitlab.environment, **self.gitlab.variables, **injected}
        )


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = Project(tmp_path)
    yield project
    project.cloud.stop()


def test_prod_on_gitlab_and_its_check_in_a_cluster(project: Project) -> None:
    made_and_brought_up(project)
    shrunk_by_the_digest_of_the_look(project)
    assert project.check_by_the_cluster().ok
    ended_by_hand(project)


def made_and_brought_up(project: Project) -> None:
    project.repository.merge({FILE: None})
    made = project.repository.call(
        project.gitlab.environment | project.state, "new", "--stack", NAME, "--from", "local"
    )
    assert made.returncode == 0, made.stderr
    project.declare(web=group(2, release=REVIEWED))
    preview = project.gitlab.job("preview", STACK=NAME)
    assert preview.ok
    assert "| + create | `alicloud:ecs/instance:Instance` web-1 |" in preview.printed
    assert project.gitlab.job("look at prod").ok
    assert project.gitlab.job("up prod").ok
    assert set(project.cloud.members()) == {"web-0", "web-1"}


def shrunk_by_the_digest_of_the_look(project: Project) -> None:
    gone = project.cloud.members()["web-1"]
    project.declare(web=group(1, release=REVIEWED))
    mark = project.cloud.mark()
    # The digest of the last look was of nothing: it lets nothing go.
    assert not project.gitlab.job("up prod").ok
    assert project.cloud.released(mark) == []
    look = project.gitlab.job("look at prod")
    assert re.search(rf"web-1 {gone} release", look.printed)
    assert project.gitlab.job("up prod").ok
    assert project.cloud.released(mark) == [{gone}]


def ended_by_hand(project: Project) -> None:
    kept = list(project.folder.glob("kept/*up prod/journal/*.receipt.json"))
    assert len(kept) == 1
    # Asked for too early, `end` refuses and leaves all as it is.
    refused = project.repository.call(project.gitlab.environment | project.state, "end", "--stack", NAME)
    assert refused.returncode == 1
    assert f"{NAME} still has" in refused.stderr
    assert project.gitlab.job("plan the end", END=NAME).ok
    assert project.gitlab.job("destroy", END=NAME).ok
    assert [project.cloud.state(kind) for kind in ("instances", "vpcs", "vswitches")] == [{}, {}, {}]
    assert list((project.folder / "backend").rglob("prod.json")) == []
