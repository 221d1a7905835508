"""What the project's files say of a stack: its name, and where its cloud is. Imports cli and stacks.

For commands that have to work before a stack has a state, or after it is empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field

from ecs_release.cli.output import Unusable
from ecs_release.domain.facts import Cloud
from stacks.cloud import cloud_of, cloud_problems
from stacks.problems import InvalidConfig, printable

Model = TypeVar("Model", bound=BaseModel)
# What YAML raises for a text that is none, for values of its own types that cannot be, and for depth.
BROKEN = (yaml.YAMLError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)
# Far more than any stack declares; a few lines of anchors can stand for billions.
MOST_PARTS, LONGEST_TEXT = 100_000, 200


class _Project(BaseModel):
    model_config = ConfigDict(extra="ignore")
    name: str
    config_folder: str = Field(default=".", alias="stackConfigDir")


class _StackFile(BaseModel):
    model_config = ConfigDict(extra="ignore")
    config: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Project:
    """A stack as its files have it; `config` is not checked but for `alicloud:*`."""

    name: str
    stack: str
    file: Path
    config: Mapping[str, Any]
    cloud: Cloud


def project_of(stack: str, folder: Path = Path()) -> Project:
    """The project in a folder with the config of one stack; raises Unusable and InvalidConfig."""
    own = _read(folder / "Pulumi.yaml", _Project)
    # A stack may be named with its organization and project.
    short = stack.rpartition("/")[2]
    file = folder / own.config_folder / f"Pulumi.{short}.yaml"
    config = _read(file, _StackFile).config
    problems = tuple(cloud_problems(config))
    if problems:
        raise InvalidConfig(str(file), problems)
    return Project(own.name, short, file, config, cloud_of(config))


def stacks_of(folder: Path) -> tuple[str, tuple[str, ...]]:
    """The project in a folder, and the stacks that it has files of; raises Unusable."""
    own = _read(folder / "Pulumi.yaml", _Project)
    files = sorted((folder / own.config_folder).glob("Pulumi.*.yaml"))
    return own.name, tuple(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files)


def _read(path: Path, model: type[Model]) -> Model:
    try:
        return model.model_validate(_values(path.read_text(encoding="utf-8")))
    except OSError as error:
        what = f"{path} cannot be read: {error.strerror}"
    except BROKEN as error:
        why = " ".join(str(error).split()) or type(error).__name__
        what = f"{path} is not of the known form: {printable(why)[:LONGEST_TEXT]}"
    raise Unusable(f"{what}; run the command in the project's folder, and name the stack with --stack")


def _values(text: str) -> Any:
    """What a YAML file holds; raises one of BROKEN."""
    values = yaml.safe_load(text)
    if _parts(values, {}) > MOST_PARTS:
        raise ValueError(f"its anchors stand for more than {MOST_PARTS} values, or for themselves")
    return values


def _parts(value: Any, counted: dict[int, int]) -> int:
    """How many values there are when every anchor is written out."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if id(value) not in counted:
        # Until it is counted it is endless: that is what it is where it holds itself.
        counted[id(value)] = MOST_PARTS + 1
        counted[id(value)] = 1 + sum(_parts(part, counted) for part in inner)
    return counted[id(value)]
