"""`ecs-release doctor --policy`: the least rights of a command, or the two roles.

Imports cli, gateway, domain and stacks. Reads the stack's file and nothing else, so it works
before there are a state and credentials.
"""

import json
from enum import StrEnum

import typer

from ecs_release.cli.output import NOTHING_TO_DO, Unusable, show
from ecs_release.cli.project import project_of
from ecs_release.domain.policies import (
    LONGEST_DOCUMENT,
    Document,
    policy,
    protector_policy,
    releaser_policy,
    role_problems,
)
from ecs_release.domain.rights import Command, StackNeeds
from ecs_release.gateway.stock_actions import ALL_ACTIONS
from stacks.load import Context, load
from stacks.needs import stack_needs


class Role(StrEnum):
    """The two separate roles."""

    RELEASER = "releaser"
    PROTECTOR = "protector"


def show_policy(stack: str, command: Command | None, role: Role | None) -> None:
    """Prints the document of a role, else of a command; raises Unusable and InvalidConfig."""
    if command and role:
        raise Unusable("--command and --role are two different policies; give one of them")
    needs = _needs(stack)
    if role is not None:
        show(_text(_role_document(needs, role)))
        return
    command = command or Command.DESTROY
    document = policy(ALL_ACTIONS, command, needs)
    if not document["Statement"]:
        # RAM takes no empty document, so none is printed.
        typer.echo(f"{command.value} needs no right", err=True)
        raise typer.Exit(NOTHING_TO_DO)
    show(_text(document))


def _needs(stack: str) -> StackNeeds:
    project = project_of(stack)
    # As for a preview: a set clock is no business of rights.
    environment = load(project.config, Context(project.stack, preview=True)).environment
    return stack_needs(project.name, project.stack, project.cloud, environment)


def _role_document(needs: StackNeeds, role: Role) -> Document:
    problems = list(role_problems(needs))
    if problems:
        raise Unusable(f"{needs.stack} cannot have separate roles: {'; '.join(problems)}")
    make = releaser_policy if role is Role.RELEASER else protector_policy
    return make(ALL_ACTIONS, needs)


def _text(document: Document) -> str:
    # RAM counts every character, and a longer document cannot be made a policy of.
    if len(json.dumps(document)) > LONGEST_DOCUMENT:
        typer.echo(f"warning: longer than the {LONGEST_DOCUMENT} characters that RAM takes", err=True)
    return json.dumps(document, indent=2)
