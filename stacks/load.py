"""A stack's config to an environment, a cloud and a clock, or every problem at once.

Imports the domain, pydantic and its siblings; imported by components and the command line.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from ecs_release.domain.facts import Cloud
from stacks.cloud import REGION_KEY, cloud_of, cloud_problems, endpoints, is_loopback, parsed
from stacks.parts import MadeNetwork
from stacks.problems import MISSING, InvalidConfig, Problem, problems_of, shown
from stacks.schema import Environment
from stacks.times import parse_time

NAMESPACE = "ecs-release:"
ENVIRONMENT_KEY = "ecs-release:environment"
NOW_KEY = "ecs-release:now"
KNOWN_KEYS = (ENVIRONMENT_KEY, NOW_KEY)
# The API's limit, which it tells after the network is made.
MOST_USER_DATA = 32 * 1024


@dataclass(frozen=True, slots=True)
class Context:
    """What a config is read for: which stack, a preview or not, and the project's folder."""

    stack: str
    preview: bool = False
    folder: Path = Path()


@dataclass(frozen=True, slots=True)
class Settings:
    """A config without problems; `now` is None unless the program's clock is set."""

    environment: Environment
    cloud: Cloud
    now: datetime | None = None


def config_file(stack: str) -> str:
    """The file that a stack's config is in."""
    return f"stacks/Pulumi.{stack}.yaml"


def load(config: Mapping[str, Any], context: Context) -> Settings:
    """The settings in a config, whose values may be objects or JSON text; raises InvalidConfig."""
    environment, problems = _environment(config.get(ENVIRONMENT_KEY))
    problems = (*_key_problems(config), *cloud_problems(config), *problems)
    problems += (*_now_problems(config, context), *_outside_problems(environment, config, context))
    # All problems of all parts at once: a file is corrected in one go, not in five.
    if problems or environment is None:
        raise InvalidConfig(config_file(context.stack), problems)
    now = config.get(NOW_KEY)
    return Settings(environment, cloud_of(config), parse_time(now) if now is not None else None)


def _environment(value: Any) -> tuple[Environment | None, tuple[Problem, ...]]:
    if value is None:
        return None, (Problem(ENVIRONMENT_KEY, MISSING, "required: the environment, a mapping"),)
    data = parsed(value)
    try:
        return Environment.model_validate(data), ()
    except ValidationError as error:
        return None, problems_of(error, ENVIRONMENT_KEY, data, Environment)


def _key_problems(config: Mapping[str, Any]) -> Iterator[Problem]:
    for key in config:
        if key.startswith(NAMESPACE) and key not in KNOWN_KEYS:
            yield Problem(
                key, shown(parsed(config[key]), key), f"unknown key; known: {', '.join(KNOWN_KEYS)}"
            )


def _now_problems(config: Mapping[str, Any], context: Context) -> Iterator[Problem]:
    now = config.get(NOW_KEY)
    if now is None:
        return
    try:
        parse_time(now)
    except PydanticCustomError as error:
        yield Problem(NOW_KEY, shown(now), error.message())
    # A wrong clock against a real cloud would end instances, or keep them, at the wrong time.
    if not context.preview and not is_loopback(endpoints(config).get("ecs", "")):
        yield Problem(NOW_KEY, shown(now), "only in a preview, or when the ECS endpoint is a loopback host")


def _outside_problems(
    environment: Environment | None, config: Mapping[str, Any], context: Context
) -> Iterator[Problem]:
    """Problems that show only beside the rest of the config and the files of the project."""
    if environment is None:
        return
    yield from _zone_problems(environment, str(config.get(REGION_KEY) or ""))
    for name, group in environment.groups.items():
        if group.user_data_file is not None and not _is_user_data(context.folder / group.user_data_file):
            yield Problem(
                f"{ENVIRONMENT_KEY}.groups.{name}.user_data_file",
                shown(group.user_data_file),
                f"a file that exists, of at most {MOST_USER_DATA // 1024} KiB",
            )


def _zone_problems(environment: Environment, region: str) -> Iterator[Problem]:
    network = environment.network
    # The API would say it only after the VPC is made.
    if isinstance(network, MadeNetwork) and not network.zone.startswith(region):
        yield Problem(
            f"{ENVIRONMENT_KEY}.network.zone",
            shown(network.zone),
            f"a zone of {region}, the region of the stack",
        )


def _is_user_data(path: Path) -> bool:
    return path.is_file() and path.stat().st_size <= MOST_USER_DATA
