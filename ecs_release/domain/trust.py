"""Trust policies of RAM: who may take on a role.

Pure: imports the standard library and `policies` only.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ecs_release.domain.policies import VERSION, Document


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Pipelines that show a token of their platform; a star in a subject stands for anything."""

    provider: str
    issuer: str
    audience: str
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trusted:
    """Who is trusted: ARNs of RAM users and roles, and pipelines."""

    principals: tuple[str, ...] = ()
    pipeline: Pipeline | None = None


def trust_policy(trusted: Trusted) -> Document:
    """The document that lets them, and nobody else, take on a role."""
    return {"Version": VERSION, "Statement": list(_statements(trusted))}


def _statements(trusted: Trusted) -> Iterator[Document]:
    if trusted.principals:
        principals = {"RAM": sorted(trusted.principals)}
        yield {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principals}
    if trusted.pipeline is not None:
        yield _of_pipeline(trusted.pipeline)


def _of_pipeline(pipeline: Pipeline) -> Document:
    # RAM asks for issuer and audience in every such policy; without a subject all of the platform may come.
    exact = {"oidc:iss": [pipeline.issuer], "oidc:aud": [pipeline.audience]}
    return {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithOIDC",
        "Principal": {"Federated": [pipeline.provider]},
        "Condition": {"StringEquals": exact, "StringLike": {"oidc:sub": sorted(pipeline.subjects)}},
    }
