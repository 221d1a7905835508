"""`ecs-release survivors`: what earlier runs left and still exists. Imports cli, runner and domain."""

import json
import os
from datetime import UTC, datetime
from typing import Annotated

import typer

from ecs_release.cli.left_networks import in_order, networks_left
from ecs_release.cli.output import AsJson, Stack, Unusable, answered, confirm, note, show, show_table
from ecs_release.cli.project import Project, project_of
from ecs_release.gateway.gateway import Gateway
from ecs_release.runner.history import unreadable
from ecs_release.runner.journal import Journal, journal_directory
from ecs_release.runner.survivors import Place, Survivor, delete_survivors, find_survivors, remembered

HEAD = ("kind", "id", "what", "status", "used by", "price", "why")
FREE = ("Available", "accomplished", "failed", "CreateFailed", "UnAvailable")
Chosen = Annotated[
    list[str], typer.Option("--release", help="Deletes this one, an id of the list; may be repeated.")
]


def survivors(stack: Stack, release: Chosen = [], as_json: AsJson = False) -> None:  # noqa: B006
    """What earlier runs left and still exists, and what it costs; --release deletes what is chosen."""
    gateway, found = answered(lambda: _found(stack, project_of(stack)))
    if release:
        _release(answered(lambda: _chosen(found, release)), gateway)
    elif as_json:
        show(json.dumps([_row(each) for each in found], indent=2))
    elif found:
        show_table(HEAD, [tuple(_row(each)[name] for name in HEAD) for each in found])
    else:
        show(f"{stack}: nothing is left of earlier runs, as far as journals and tags tell")


def _found(stack: str, project: Project) -> tuple[Gateway, tuple[Survivor, ...]]:
    gateway = Gateway(project.cloud)
    place = Place(project.name, project.stack, gateway.identity().account)
    directory = journal_directory(os.environ)
    told = remembered(directory, place)
    for damaged in unreadable(directory):
        note(f"{damaged}: nothing in it can be read, so what it tells of is found by its tags only")
    return gateway, (*find_survivors(told, place, gateway), *networks_left(stack, place, gateway))


def _row(survivor: Survivor) -> dict[str, str]:
    thing = survivor.thing
    values = (
        thing.kind,
        thing.id,
        thing.description,
        survivor.status,
        survivor.used_by,
        thing.price,
        thing.why,
    )
    return dict(zip(HEAD, values, strict=True))


def _chosen(found: tuple[Survivor, ...], ids: list[str]) -> tuple[Survivor, ...]:
    by_id = {each.thing.id: each for each in found}
    unknown = [id_ for id_ in ids if id_ not in by_id]
    if unknown:
        raise Unusable(f"{', '.join(unknown)}: no survivor of this stack; `ecs-release survivors` lists them")
    used = [each for id_ in ids if (each := by_id[id_]).used_by or each.status not in FREE]
    if used:
        named = ", ".join(f"{each.thing.id} ({each.used_by or each.status})" for each in used)
        raise Unusable(f"in use or in motion: {named}; detach or wait, then repeat")
    return in_order(tuple(by_id[id_] for id_ in dict.fromkeys(ids)))


def _release(chosen: tuple[Survivor, ...], gateway: Gateway) -> None:
    for each in chosen:
        show(f"{each.thing.kind} {each.thing.id} ({each.thing.description}): {each.thing.why}")
    show("what is deleted cannot be had back")
    confirm(f"release {len(chosen)}")
    journal = Journal(journal_directory(os.environ), "survivors", lambda: datetime.now(UTC))
    failed = 0
    for survivor, error in answered(lambda: list(delete_survivors(chosen, gateway, journal))):
        failed += bool(error)
        show(f"{survivor.thing.kind} {survivor.thing.id}: {error or 'deleted'}")
    journal.write("outcome", done=not failed)
    raise typer.Exit(1 if failed else 0)
