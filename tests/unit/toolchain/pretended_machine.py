"""A pretended machine: a checkout, a cache, and a PATH with programs that only act as if."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from toolchain.cache import Cache
from toolchain.place import Place

FILES = {
    "toolchain/cli/go.mod": "require (\n\tgithub.com/pulumi/pulumi/pkg/v3 v3.259.0 // indirect\n)\n",
    "toolchain/cli/go.sum": "sum\n",
    "toolchain/plugin/go.mod": "module plugin\n",
    "toolchain/plugin/go.sum": "sum\n",
    "toolchain/plugin/main.go": "package main\n",
    "toolchain/language_host/__main__.py": "print()\n",
    "requirements/dev.lock": "pulumi==3.272.0 \\\n    --hash=sha256:00\nsemver==3\n",
    "requirements/run.lock": "pulumi==3.272.0 \\\n    --hash=sha256:00\nsemver==3\n",
    "requirements/bootstrap.lock": "uv==0.13.9\n",
    "pyproject.toml": "[project]\n",
    "emulator/pyproject.toml": "[project]\n",
}

# Writes down its arguments, and makes the file that `go build -o` would make.
GO = """#!/bin/sh
echo "$@" >> "$CALLS"
case "$1" in
  build) while [ "$1" != -o ]; do shift; done; printf '#!/bin/sh\\necho v3.259.0\\n' > "$2"; chmod +x "$2" ;;
  list) echo "$SDK" ;;
esac
"""


@dataclass
class Machine:
    """The temporary machine and what was called on it."""

    root: Path
    programs: Path
    calls: Path
    environment: dict[str, str]

    @property
    def place(self) -> Place:
        """The place as the toolchain sees it."""
        return Place(self.root, Cache(self.root.parent / "cache"), self.environment)

    def add(self, name: str, script: str) -> Path:
        """Put a program on PATH."""
        path = self.programs / name
        path.write_text(script)
        path.chmod(0o755)
        return path

    def called(self) -> str:
        """What the pretending go was called with."""
        return self.calls.read_text() if self.calls.exists() else ""
