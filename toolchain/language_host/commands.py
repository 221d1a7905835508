"""The command lines and environments with which programs and plugins written in Python are started."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from pulumi.runtime.proto import language_pb2

_EXECUTOR = "pulumi-language-python-exec"


class NoExecutorError(Exception):
    """The script that runs a program is not on PATH; the message says what to do."""


def program_command(python: str, engine: str, request: language_pb2.RunRequest) -> list[str]:
    """The command that runs the program of a request under the engine's monitor."""
    options = {
        "monitor": request.monitor_address,
        "engine": engine,
        "project": request.project,
        "stack": request.stack,
        "organization": request.organization,
        "root_directory": request.info.root_directory,
        "pwd": request.pwd,
        "dry_run": "true" if request.dryRun else "false",
        "parallel": str(request.parallel),
        "tracing": "",
    }
    given = [word for name, value in options.items() for word in (f"--{name}", value)]
    return [python, "-u", _executor(), *given, _program(request), *request.args]


def program_environment(inherited: Mapping[str, str], request: language_pb2.RunRequest) -> dict[str, str]:
    """The inherited environment with the stack's configuration in it."""
    return {
        **inherited,
        "PULUMI_CONFIG": json.dumps(dict(request.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
    }


def plugin_command(python: str, request: language_pb2.RunPluginRequest) -> list[str]:
    """The command that runs a plugin: a policy pack, a program of its own, or a package of components."""
    folder = request.info.program_directory
    # A policy pack has a __main__.py too, but it is a list of rules and needs the SDK around it.
    if request.kind == "analyzer":
        return [python, "-u", "-m", "pulumi.policy", *request.args, folder]
    if Path(folder, "__main__.py").exists():
        return [python, "-u", folder, *request.args]
    return [python, "-u", "-m", "pulumi.run.plugin", request.name or Path(folder).name, *request.args]


def plugin_folder(request: language_pb2.RunPluginRequest) -> str:
    """The working directory of a plugin; a policy pack runs at home, so that it finds its own modules."""
    return request.info.program_directory if request.kind == "analyzer" else request.pwd


def plugin_environment(request: language_pb2.RunPluginRequest) -> dict[str, str]:
    """The environment that the engine gives a plugin; of a variable given twice, the last counts."""
    return dict(line.split("=", 1) for line in request.env if "=" in line)


def _program(request: language_pb2.RunRequest) -> str:
    return str(Path(request.info.program_directory, request.info.entry_point or request.program or "."))


def _executor() -> str:
    path = shutil.which(_EXECUTOR)
    if path is None:
        raise NoExecutorError(
            f"{_EXECUTOR} is not on PATH, so the program cannot be run. "
            "Run `make toolchain`, which puts it beside pulumi, and start pulumi through make."
        )
    return path
