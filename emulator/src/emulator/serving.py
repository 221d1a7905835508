"""Opens a world and serves it until interrupted. Imports the server; only the command line imports it."""

from __future__ import annotations

import sqlite3
import ssl
from pathlib import Path
from typing import Any

import typer
from pydantic import ValidationError

from emulator.database import Database
from emulator.server import Application, serve
from emulator.settings import Settings
from emulator.world import World


def run(db: Path, host: str, port: int, options: dict[str, Any], names: tuple[str, ...] = ()) -> None:
    """Open the world and serve it; options that are settings override what the file remembers."""
    given = {name: value for name, value in options.items() if name in Settings.model_fields}
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
        serve(Application(world, called), host, port, lambda: _secure(db, called))
    finally:
        database.close()


def _secure(db: Path, names: tuple[str, ...]) -> ssl.SSLContext:
    # Not before a client wants TLS: making certificates takes long to import.
    from emulator.certificates import LOOPBACK, Authority, beside

    return Authority(beside(db)).context((*LOOPBACK, *names))
