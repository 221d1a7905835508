"""Who may take on the two separate roles of a stack: people and pipelines, and nobody both.

Imports the domain, pydantic and its siblings; imported by components and programs of one's own.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints, ValidationInfo
from pydantic import field_validator as check

from ecs_release.domain.trust import Pipeline, Trusted
from stacks.fields import Whole, not_allowed
from stacks.parts import Closed, option

PRINCIPAL = r"^acs:ram::[0-9]{16}:(root|(user|role)/[A-Za-z0-9._@-]{1,64})$"
PRINCIPAL_ALLOWED = "ARNs like acs:ram::ACCOUNT:user/NAME or acs:ram::ACCOUNT:role/NAME"
PROVIDER = r"^acs:ram::[0-9]{16}:oidc-provider/[A-Za-z0-9._-]{1,128}$"
SUBJECT_ALLOWED = (
    "what the sub of a token may be; at least two whole words of it, ended by : or /, before the first star,"
    " as in repo:OWNER/NAME:environment:prod or project_path:GROUP/NAME:*"
)
FEWEST_WORDS = 2
# Of a policy, which is called like its role, RAM takes no dot.
ROLE_NAME = r"[A-Za-z0-9-]{1,64}"
ROLE_NAME_ALLOWED = "1 to 64 letters, digits and dashes"
LONGEST_SUBJECT = 256


def check_subject(text: str) -> str:
    """A subject that strangers could have too would let them in: issuers serve everybody."""
    before = re.split(r"[*?]", text, maxsplit=1)[0]
    if before != text and len(re.findall(r"[^:/]+[:/]", before)) < FEWEST_WORDS:
        raise not_allowed(SUBJECT_ALLOWED)
    return text


Principal = Annotated[str, StringConstraints(pattern=PRINCIPAL)]
Subject = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_SUBJECT), AfterValidator(check_subject)
]


class OidcPipeline(Closed):
    """Pipelines that come with a token of their platform instead of a key (AssumeRoleWithOIDC)."""

    provider: Annotated[str, StringConstraints(pattern=PROVIDER)] = option(
        "The identity provider in RAM that knows the platform.",
        "an ARN like acs:ram::ACCOUNT:oidc-provider/NAME",
    )
    issuer: Annotated[str, StringConstraints(pattern=r"^https://[^\s?#]+$")] = option(
        "Who signs the tokens.", "the https address of the provider's issuer"
    )
    audience: str = option(
        "Whom the tokens are made for.", "a client id of the provider", min_length=1, max_length=256
    )
    subjects: tuple[Subject, ...] = option(
        "Which pipelines: one of these has to match.", SUBJECT_ALLOWED, min_length=1
    )


class RoleHolders(Closed):
    """Who may take on a role, and for how long."""

    principals: tuple[Principal, ...] = option(
        "RAM users and roles that may assume it; each needs the right sts:AssumeRole of its own.",
        PRINCIPAL_ALLOWED,
        (),
    )
    pipeline: OidcPipeline | None = option(
        "Pipelines that may assume it.", "{provider, issuer, audience, subjects}", None
    )
    session_seconds: Whole = option(
        "How long a session may last at most; a release with a backup may take two hours.",
        "3600 to 43200",
        3600,
        ge=3600,
        le=43200,
    )

    @check("pipeline")
    @classmethod
    def check_somebody(cls, value: OidcPipeline | None, info: ValidationInfo) -> OidcPipeline | None:
        """A role that nobody can have is a mistake."""
        if value is None and info.data.get("principals") == ():
            raise not_allowed("principals, a pipeline, or both")
        return value

    @property
    def trusted(self) -> Trusted:
        """The same in the domain's words."""
        pipeline = self.pipeline
        if pipeline is None:
            return Trusted(self.principals)
        told = (pipeline.provider, pipeline.issuer, pipeline.audience, pipeline.subjects)
        return Trusted(self.principals, Pipeline(*told))


class Roles(Closed):
    """The two roles of one stack."""

    project: str = option(
        "The project of the stack, by whose tags the roles are narrowed.", "a name", min_length=1
    )
    stack: str = option("The stack.", "a name without its organization", pattern="^[^/]+$")
    releaser: RoleHolders = option(
        "Who may release, and cannot lift protection.", "{principals, pipeline, session_seconds}"
    )
    protector: RoleHolders = option(
        "Who may lift protection, and cannot release.", "{principals, pipeline, session_seconds}"
    )
    releaser_name: str = option("The role's name; PROJECT-STACK-releaser by default.", ROLE_NAME_ALLOWED, "")
    protector_name: str = option(
        "The role's name; PROJECT-STACK-protector by default.", ROLE_NAME_ALLOWED, ""
    )

    @check("protector")
    @classmethod
    def check_nobody_is_both(cls, value: RoleHolders, info: ValidationInfo) -> RoleHolders:
        """Two roles in one hand separate nothing."""
        other = info.data.get("releaser")
        if other is not None and (shared := _shared(other, value)):
            raise not_allowed(f"nobody who may be the releaser as well: {', '.join(shared)}")
        return value

    @check("releaser_name", "protector_name")
    @classmethod
    def check_name(cls, value: str, info: ValidationInfo) -> str:
        """RAM takes fewer characters than Pulumi."""
        kind = str(info.field_name).removesuffix("_name")
        name = value or role_name(str(info.data.get("project")), str(info.data.get("stack")), kind)
        if not re.fullmatch(ROLE_NAME, name):
            raise not_allowed(f"{ROLE_NAME_ALLOWED}, which {name} is not")
        return name


def role_name(project: str, stack: str, kind: str) -> str:
    """How a role is called where nobody says otherwise."""
    return f"{project}-{stack}-{kind}"


def _shared(one: RoleHolders, other: RoleHolders) -> list[str]:
    people = set(one.principals) & set(other.principals)
    first, second = one.pipeline, other.pipeline
    if first is None or second is None or first.provider != second.provider:
        return sorted(people)
    pairs = ((mine, theirs) for mine in first.subjects for theirs in second.subjects)
    return sorted(people | {mine for mine, theirs in pairs if patterns_meet(mine, theirs)})


def patterns_meet(one: str, other: str) -> bool:
    """Whether some text fits both patterns, in which * stands for any characters and ? for one."""
    # From their ends: `shared[n]` tells whether the rest of `one` meets what is left of `other` from n on.
    shared = [not other[start:].strip("*") for start in range(len(other) + 1)]
    for mine in reversed(one):
        before = [mine == "*" and shared[-1]]
        for start in reversed(range(len(other))):
            theirs = other[start]
            if "*" in (mine, theirs):
                before.append(before[-1] or shared[start])
            else:
                before.append((mine == theirs or "?" in (mine, theirs)) and shared[start + 1])
        shared = before[::-1]
    return shared[0]
