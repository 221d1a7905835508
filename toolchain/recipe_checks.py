"""What recipes are checked with: actionlint, the schema of the operator's resources, BuildKit's own parser.

They come as Go modules whose hashes toolchain/*/go.sum holds; nothing of them gets into the repository.
"""

from __future__ import annotations

from pathlib import Path

from . import go_modules
from .place import Place

PROGRAM = "actionlint"
READER = "container"
_LINTER = "github.com/rhysd/actionlint/cmd/actionlint"
_OPERATOR = "github.com/pulumi/pulumi-kubernetes-operator"
_SCHEMA = "deploy/crds/pulumi.com_stacks.yaml"
_BUILD_MINUTES = 0.5


def actionlint(place: Place) -> Path:
    """The linter's program in the cache, built where it is missing."""
    return go_modules.cached(place, PROGRAM, PROGRAM, place.sources / "actionlint", _LINTER, _BUILD_MINUTES)


def container_reader(place: Place) -> Path:
    """The program that reads a Containerfile as BuildKit does, in the cache, built where it is missing."""
    return go_modules.cached(place, READER, READER, place.sources / READER, ".", _BUILD_MINUTES)


def operator_schema(place: Place) -> Path:
    """The definition of the operator's Stack, where the module lies on this machine."""
    with place.cache.exclusive():
        return go_modules.module_folder(place, place.sources / "operator", _OPERATOR) / _SCHEMA
