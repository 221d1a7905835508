"""The command `ecs-emulator`. Imports the server; nothing imports it but the entry points."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from emulator.certificates import LOOPBACK, Authority, beside
from emulator.database import Database
from emulator.reference import renewed, table
from emulator.server import Application
from emulator.server import serve as serve_world
from emulator.settings import Settings
from emulator.world import World

app = typer.Typer(no_args_is_help=True, add_completion=False, help="A local Alibaba Cloud for tests.")

Seconds = Annotated[float | None, typer.Option(min=0, help="Emulated seconds, see docs/emulator.md.")]


@app.callback()
def main() -> None:
    """A local Alibaba Cloud for tests."""


@app.command()
def actions(
    write: Annotated[Path | None, typer.Option(help="A page whose table of actions is made anew.")] = None,
) -> None:
    """Show every API action that is answered, with its parameters, as Markdown."""
    if write is None:
        typer.echo(table())
    else:
        write.write_text(renewed(write.read_text(encoding="utf-8")), encoding="utf-8")


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8443,
    db: Annotated[Path, typer.Option(help="The file that holds the world.")] = Path("emulator.db"),
    host: Annotated[
        str, typer.Option(help="Address to bind; the loopback unless you say otherwise.")
    ] = "127.0.0.1",
    pending_seconds: Seconds = None,
    starting_seconds: Seconds = None,
    stop_seconds: Seconds = None,
    release_seconds: Seconds = None,
    graceful_release_seconds: Seconds = None,
    convert_seconds: Seconds = None,
    reclaim_seconds: Seconds = None,
    eip_seconds: Seconds = None,
    disk_seconds: Seconds = None,
    snapshot_seconds: Seconds = None,
    snapshot_gib_seconds: Seconds = None,
    image_seconds: Seconds = None,
    expired_stop_seconds: Seconds = None,
    maintenance_seconds: Seconds = None,
    initializing_seconds: Seconds = None,
    bill_delay_seconds: Seconds = None,
    trail_delay_seconds: Seconds = None,
    release_polls: Annotated[int | None, typer.Option(min=0, help="See docs/emulator.md.")] = None,
    refund_vcpu_hours: Annotated[int | None, typer.Option(min=0, help="See docs/emulator.md.")] = None,
    security_lock_release: Annotated[str | None, typer.Option(help="allowed or refused.")] = None,
    throttling_status: Annotated[int | None, typer.Option(help="400, 403 or 429.")] = None,
    throttling_retry_after: Annotated[str | None, typer.Option(help="omitted or sent.")] = None,
    verify_signatures: Annotated[bool | None, typer.Option(help="Refuse wrong signatures.")] = None,
    name: Annotated[list[str] | None, typer.Option(help="A further name in the TLS certificate.")] = None,
    enforce_ram: Annotated[bool | None, typer.Option(help="RAM users and roles need policies.")] = None,
) -> None:
    """Serve the emulated cloud until interrupted; options given here override what the file remembers."""
    given = {
        name: value for name, value in locals().items() if name in Settings.model_fields and value is not None
    }
    run(db, host, port, given, tuple(name or ()))


@app.command()
def ca(
    db: Annotated[Path, typer.Option(help="The file that holds the world.")] = Path("emulator.db"),
) -> None:
    """Print the certificate that clients have to trust to speak TLS with the emulator of this file."""
    typer.echo(Authority(beside(db)).pem, nl=False)


def run(db: Path, host: str, port: int, given: dict[str, Any], names: tuple[str, ...] = ()) -> None:
    """Open the world and serve it."""
    db.parent.mkdir(parents=True, exist_ok=True)
    try:
        database = Database(str(db))
        world = World(database, Settings(**given))
    except (sqlite3.DatabaseError, ValidationError) as error:
        typer.echo(f"cannot serve {db}: {error}", err=True)
        raise typer.Exit(1) from error
    # The file remembers earlier settings; what was asked for now is stronger.
    world.settings = world.settings.model_copy(update=given)
    world.keep()
    called = (host, *names)
    try:
        serve_world(
            Application(world, called),
            host,
            port,
            lambda: Authority(beside(db)).context((*LOOPBACK, *called)),
        )
    finally:
        database.close()
