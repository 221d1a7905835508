"""What the pipelines' recipes are checked with: actionlint, and the schema of the operator's resources.

Both come as Go modules whose hashes toolchain/*/go.sum holds; nothing of them gets into the repository.
"""

from __future__ import annotations

from pathlib import Path

from . import go_modules
from .fingerprints import fingerprint
from .place import Place

PROGRAM = "actionlint"
_LINTER = "github.com/rhysd/actionlint/cmd/actionlint"
_OPERATOR = "github.com/pulumi/pulumi-kubernetes-operator"
_SCHEMA = "deploy/crds/pulumi.com_stacks.yaml"
_BUILD_MINUTES = 0.5


def actionlint(place: Place) -> Path:
    """The linter's program in the cache, built where it is missing."""
    module = place.sources / "actionlint"
    key = fingerprint(place.root, [module / "go.mod", module / "go.sum"], place.machine_facts)
    entry = place.cache.entry(PROGRAM, key)
    with place.cache.exclusive():
        place.cache.make(entry, lambda folder: _build(place, module, folder))
    return entry / PROGRAM


def operator_schema(place: Place) -> Path:
    """The definition of the operator's Stack, where the module lies on this machine."""
    with place.cache.exclusive():
        return go_modules.module_folder(place, place.sources / "operator", _OPERATOR) / _SCHEMA


def _build(place: Place, module: Path, folder: Path) -> None:
    arguments = ["-ldflags=-s -w", "-o", str(folder / PROGRAM), _LINTER]
    go_modules.build(place, PROGRAM, module, arguments, _BUILD_MINUTES)
