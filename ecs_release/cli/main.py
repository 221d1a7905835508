"""The command ecs-release. Exit codes: 0 done or will go, 1 error, 2 usage, 10 refused, 11 nothing to do.

Imports the commands beside it. Only `claim`, `disown` and `adopt` change anything by default, and only tags.
"""

import typer

from ecs_release.cli.journals import journal
from ecs_release.cli.planning import plan
from ecs_release.cli.status import status
from ecs_release.cli.strays import claim, disown

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

for _command in (plan, status, journal, claim, disown):
    app.command()(_command)


@app.callback()
def ecs_release() -> None:
    """Shows how the ECS instances of a stack would end, and settles whose a stray one is."""
