"""The API actions, one module per resource family; importing a module registers its handlers."""

from __future__ import annotations

import importlib
import pkgutil


def load() -> None:
    """Import every family, so that the table of actions is full."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
