"""The running program's config, read and checked. Imports pulumi and stacks."""

from typing import Any

import pulumi
from pulumi.runtime import config

from stacks.load import Context, Settings, load
from stacks.problems import InvalidConfig


def load_settings() -> Settings:
    """The settings of this stack; every problem ends the program at once, without a stack trace."""
    try:
        return load(whole_config(), Context(pulumi.get_stack(), pulumi.runtime.is_dry_run()))
    except InvalidConfig as error:
        # The engine prints this one without a trace.
        raise pulumi.RunError(f"the config cannot be used\n{error}") from None


def whole_config() -> dict[str, Any]:
    """Every key of the stack's config, unknown ones too, which `pulumi.Config` cannot list."""
    return {**config.get_config_env(), **config.CONFIG.get()}
