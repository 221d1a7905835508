"""The command `ecs-emulator`; each command imports what it needs. Only the entry points import this.

Every option can come from the environment too, as ECS_EMULATOR_<COMMAND>_<OPTION>: some ways to start a
container take no arguments.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="A local Alibaba Cloud for tests.",
    context_settings={"auto_envvar_prefix": "ECS_EMULATOR"},
)

Seconds = Annotated[float | None, typer.Option(min=0, help="Emulated seconds, see docs/emulator.md.")]


@app.callback()
def main() -> None:
    """A local Alibaba Cloud for tests."""


@app.command()
def actions(
    write: Annotated[Path | None, typer.Option(help="A folder that the pages are written into.")] = None,
) -> None:
    """Show every API action that is answered: what it reads, ignores and refuses, as Markdown."""
    from emulator.reference.pages import pages
    from emulator.reference.pages import write as write_pages

    if write is None:
        typer.echo("\n".join(pages().values()))
    else:
        write_pages(write)


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
    given = {option: value for option, value in locals().items() if value is not None}
    from emulator.serving import run

    run(db, host, port, given, tuple(name or ()))


@app.command()
def health(
    port: Annotated[int, typer.Option(help="Port it listens on.")] = 8443,
    host: Annotated[str, typer.Option(help="Address it listens on.")] = "127.0.0.1",
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for it.")] = 0,
) -> None:
    """Tell whether an emulator answers: ends with 1 if none does, or none within the time to wait."""
    from emulator.testing import Emulator

    emulator, ends_at = Emulator(port, host), time.monotonic() + wait
    while not emulator.is_up():
        if time.monotonic() >= ends_at:
            typer.echo(f"no emulator answers on {emulator.url}", err=True)
            raise typer.Exit(1)
        time.sleep(0.05)
    typer.echo(f"ecs-emulator answers on {emulator.url}")


@app.command()
def ca(
    db: Annotated[Path, typer.Option(help="The file that holds the world.")] = Path("emulator.db"),
) -> None:
    """Print the certificate that clients have to trust to speak TLS with the emulator of this file."""
    from emulator.certificates import Authority, beside

    typer.echo(Authority(beside(db)).pem, nl=False)
