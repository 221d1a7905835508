"""The command ecs-release. Exit codes: 0 done or will go, 1 error, 2 usage, 10 refused, 11 nothing to do.

Imports the commands beside it. Only `adopt`, `claim`, `disown`, `extend`, `cancel` and
`survivors --release` change anything.
"""

import io
import sys

import typer

from ecs_release.cli.adopting import adopt
from ecs_release.cli.auditing import audit
from ecs_release.cli.calendar import calendar
from ecs_release.cli.diagnosis import doctor
from ecs_release.cli.journals import journal
from ecs_release.cli.planning import plan
from ecs_release.cli.scheduling import cancel, extend
from ecs_release.cli.status import status
from ecs_release.cli.strays import claim, disown
from ecs_release.cli.survivors import survivors

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

LOOKING = (plan, status, calendar, survivors, journal, audit, doctor)
CHANGING = (extend, cancel, adopt, claim, disown)

for _command in (*LOOKING, *CHANGING):
    app.command()(_command)


@app.callback()
def ecs_release() -> None:
    """Shows how the ECS instances of a stack would end, and settles whose a stray one is."""
    # A name can hold what a terminal cannot show, and that must not end a command.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
