"""The worlds of the end-to-end tests, with something going wrong in them."""

from tests.e2e.conftest import store, tools, worlds

__all__ = ["store", "tools", "worlds"]
