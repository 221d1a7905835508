"""Gets pulumi, its Python language host, the alicloud plugin, uv and the Python packages onto a machine.

Runs before any package is installed, so everything but `language_host` uses the standard library alone.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is what tells the user of an older Python
    sys.exit(
        f"toolchain: Python {sys.version.split()[0]} is too old, this project needs 3.11 or newer. "
        "Install one and name it: make toolchain PYTHON=python3.12"
    )
