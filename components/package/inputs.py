"""What a program in another language declares, checked as a stack's config is, by the same rules.

Imports pulumi, stacks and its siblings. A problem names the input as that language spells it.
"""

from collections.abc import Mapping
from typing import Any, NoReturn

import pulumi
from pulumi.errors import InputPropertiesError, InputPropertyErrorDetails
from pulumi.output import Unknown
from pulumi.runtime.rpc import is_rpc_secret

from components.package.names import models, ours, spoken
from components.settings import whole_config
from stacks.load import ENVIRONMENT_KEY, Context, Settings, load
from stacks.problems import InvalidConfig

Inputs = Mapping[str, Any]
# The rules need a network; that of a group on its own is known only while the stack comes up.
ELSEWHERE = {"vswitch": "vsw-", "security_groups": ["sg-"]}
NOT_PLAIN = (
    "it has to be known when the program runs, and no secret: it decides how instances end, and is recorded"
)


def environment_settings(inputs: Inputs) -> Settings:
    """The settings of an `Environment`; raises InputPropertiesError."""
    return _settings(ours(_plain(inputs), models()), "")


def group_settings(name: str, inputs: Inputs) -> Settings:
    """The settings of an `InstanceGroup`, as of an environment with it alone; may refuse."""
    told = _plain(inputs)
    lifetime = {"max_lifetime": told.pop("maxLifetime")} if "maxLifetime" in told else {}
    group = ours(told, models()["$defs"]["Group"])
    return _settings({**lifetime, "network": ELSEWHERE, "groups": {name: group}}, f"groups.{name}")


def network_settings(inputs: Inputs) -> Settings:
    """The settings of a `Network`, as an environment without groups; raises InputPropertiesError."""
    return _settings(
        {"network": ours(_plain(inputs), models()["$defs"]["MadeNetwork"]), "groups": {}}, "network"
    )


def refuse(problems: Mapping[str, str]) -> NoReturn:
    """Raises what the engine shows as wrong inputs, all at once."""
    errors = [
        InputPropertyErrorDetails(property_path=path, reason=reason) for path, reason in problems.items()
    ]
    raise InputPropertiesError("the inputs cannot be used", errors)


def _settings(environment: dict[str, Any], prefix: str) -> Settings:
    config = {**whole_config(), ENVIRONMENT_KEY: environment}
    try:
        return load(config, Context(pulumi.get_stack(), pulumi.runtime.is_dry_run()))
    except InvalidConfig as error:
        under = f"{ENVIRONMENT_KEY}.{prefix}".rstrip(".")
        refuse(
            {
                _path(problem.key, under): spoken(f"{problem.value}: {problem.allowed}")
                for problem in error.problems
            }
        )


def _path(key: str, under: str) -> str:
    # A problem with the stack's config, its region above all, keeps its key.
    return spoken(key.removeprefix(under).lstrip(".") or key)


def _plain(inputs: Inputs) -> dict[str, Any]:
    vague = [key for key, value in inputs.items() if _is_vague(value)]
    if vague:
        refuse(dict.fromkeys(vague, NOT_PLAIN))
    return dict(inputs)


def _is_vague(value: Any) -> bool:
    if isinstance(value, pulumi.Output | Unknown) or is_rpc_secret(value):
        return True
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return any(_is_vague(part) for part in parts)
