"""The registrations of a program, as the tests of the components see them."""

from tests.unit.components.conftest import declare

__all__ = ["declare"]
