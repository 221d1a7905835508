"""The stock provider as a program for the terraform command, from the plugin's modules, for the bench."""

from __future__ import annotations

from pathlib import Path

from . import go_modules
from .fingerprints import fingerprint
from .place import Place

PROGRAM = "terraform-provider-alicloud"
_MODULE = "github.com/aliyun/terraform-provider-alicloud"
_BUILD_MINUTES = 6.5


def find_or_get(place: Place) -> Path | None:
    """The provider's program in the cache, built where it is missing; None without a terraform command."""
    if place.which("terraform") is None:
        return None
    module = place.sources / "plugin"
    key = fingerprint(place.root, [module / "go.mod", module / "go.sum"], place.machine_facts)
    entry = place.cache.entry("terraform", key)
    with place.cache.exclusive():
        place.cache.make(entry, lambda folder: _build(place, module, folder))
    return entry / PROGRAM


def _build(place: Place, module: Path, folder: Path) -> None:
    arguments = ["-ldflags=-s -w", "-o", str(folder / PROGRAM), _MODULE]
    go_modules.build(place, PROGRAM, module, arguments, _BUILD_MINUTES)
