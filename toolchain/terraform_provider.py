"""The stock provider as a program for the terraform command, from the plugin's modules."""

from __future__ import annotations

from pathlib import Path

from . import go_modules
from .place import Place

PROGRAM = "terraform-provider-alicloud"
_MODULE = "github.com/aliyun/terraform-provider-alicloud"
_BUILD_MINUTES = 6.5


def find_or_get(place: Place) -> Path | None:
    """The same for the bench, which does without where there is no terraform command: None."""
    return get(place) if place.which("terraform") else None


def get(place: Place) -> Path:
    """The provider's program in the cache, built where it is missing."""
    module = place.sources / "plugin"
    return go_modules.cached(place, "terraform", PROGRAM, module, _MODULE, _BUILD_MINUTES)
