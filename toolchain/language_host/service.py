"""Answers the engine's calls to a language host: runs programs, and plugins written in Python."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Iterator
from subprocess import Popen

import grpc  # type: ignore[import-untyped,unused-ignore]
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from .children import Children, end, output_of
from .commands import (
    NoExecutorError,
    plugin_command,
    plugin_environment,
    plugin_folder,
    program_command,
    program_environment,
)
from .installing import NoInstallerError, install_commands, install_environment
from .interpreter import NoInterpreterError, find_interpreter

# With this code the program says that it has told the user already what went wrong.
_TOLD_THE_USER = 32


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """One host serves one run of the CLI; calls that it does not have answer Unimplemented."""

    def __init__(self, engine: str, children: Children) -> None:
        self._engine = engine
        self._children = children

    def Handshake(  # noqa: N802
        self, request: language_pb2.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        """Nothing to agree on: the engine's address came on the command line."""
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: object, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:  # noqa: N802
        """The version of the SDK whose protocol this host speaks."""
        return plugin_pb2.PluginInfo(version=importlib.metadata.version("pulumi"))

    def About(  # noqa: N802
        self, request: language_pb2.AboutRequest, context: grpc.ServicerContext
    ) -> language_pb2.AboutResponse:
        """The Python that the program runs with, for `pulumi about`."""
        interpreter = find_interpreter(request.info.root_directory, _options(request.info), os.environ)
        return language_pb2.AboutResponse(executable=interpreter.command, version=platform.python_version())

    def RuntimeOptionsPrompts(  # noqa: N802
        self, request: language_pb2.RuntimeOptionsRequest, context: grpc.ServicerContext
    ) -> language_pb2.RuntimeOptionsResponse:
        """No questions: Pulumi.yaml names the virtual environment."""
        return language_pb2.RuntimeOptionsResponse()

    def Template(  # noqa: N802
        self, request: language_pb2.TemplateRequest, context: grpc.ServicerContext
    ) -> language_pb2.TemplateResponse:
        """Nothing to fill in beyond what the CLI has filled in itself."""
        return language_pb2.TemplateResponse()

    def InstallDependencies(  # noqa: N802
        self, request: language_pb2.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        """Install what the program's requirements name, streaming what the installer writes."""
        environment = install_environment(os.environ)
        root, folder = request.info.root_directory, request.info.program_directory
        try:
            commands = install_commands(root, folder, _options(request.info), environment)
        except NoInstallerError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        for command in commands:
            with self._children.started(command, folder, environment, captured=True) as process:
                _end_with_the_call(process, context)
                for stream, line in output_of(process):
                    yield language_pb2.InstallDependenciesResponse(**{stream: line})
                if process.wait():
                    context.abort(
                        grpc.StatusCode.INTERNAL, f"{' '.join(command)} ended with {process.returncode}"
                    )

    def GetRequiredPlugins(  # noqa: N802
        self, request: language_pb2.GetRequiredPluginsRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPluginsResponse:
        """None ahead of the run: the engine asks for a plugin when a resource needs it."""
        return language_pb2.GetRequiredPluginsResponse()

    def GetRequiredPackages(  # noqa: N802
        self, request: language_pb2.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        """None ahead of the run, as above."""
        return language_pb2.GetRequiredPackagesResponse()

    def GetProgramDependencies(  # noqa: N802
        self, request: language_pb2.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetProgramDependenciesResponse:
        """None: only `pulumi about` would print them, and the lock files have them with hashes."""
        return language_pb2.GetProgramDependenciesResponse()

    def Run(  # noqa: N802
        self, request: language_pb2.RunRequest, context: grpc.ServicerContext
    ) -> language_pb2.RunResponse:
        """Run the program to its end; its output goes where ours goes, to the engine."""
        try:
            interpreter = find_interpreter(request.info.root_directory, _options(request.info), os.environ)
            command = program_command(interpreter.command, self._engine, request)
        except (NoInterpreterError, NoExecutorError) as error:
            return language_pb2.RunResponse(error=str(error))
        environment = program_environment(interpreter.environment, request)
        with self._children.started(command, request.pwd, environment) as process:
            _end_with_the_call(process, context)
            return _run_response(process.wait())

    def RunPlugin(  # noqa: N802
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Run a policy pack or a package, streaming what it writes and then how it ended."""
        inherited = plugin_environment(request)
        try:
            interpreter = find_interpreter(request.info.root_directory, _options(request.info), inherited)
        except NoInterpreterError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        command = plugin_command(interpreter.command, request)
        folder = plugin_folder(request)
        with self._children.started(command, folder, interpreter.environment, captured=True) as process:
            _end_with_the_call(process, context)
            for stream, line in output_of(process):
                yield _plugin_output(stream, line)
            yield language_pb2.RunPluginResponse(exitcode=process.wait())


def _options(info: language_pb2.ProgramInfo) -> dict[str, object]:
    return dict(info.options.items())


def _end_with_the_call(process: Popen[bytes], context: grpc.ServicerContext) -> None:
    # A cancelled update abandons its call; without this the program would go on registering resources.
    context.add_callback(lambda: end(process))


def _plugin_output(stream: str, line: bytes) -> language_pb2.RunPluginResponse:
    if stream == "stdout":
        return language_pb2.RunPluginResponse(stdout=line)
    return language_pb2.RunPluginResponse(stderr=line)


def _run_response(code: int) -> language_pb2.RunResponse:
    if code == 0:
        return language_pb2.RunResponse()
    if code == _TOLD_THE_USER:
        return language_pb2.RunResponse(bail=True)
    if code < 0:
        return language_pb2.RunResponse(error=f"the program was ended by signal {-code}")
    return language_pb2.RunResponse(error=f"the program ended with exit code {code}")
