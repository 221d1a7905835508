"""Declarations that several files begin with: a worker builds the world of each only once."""

from tests.e2e.world import group

PAIR = {"web": group(3), "db": group(1)}
ONE = {"web": group(1)}
RELEASE_REPLACED = {"release": {"on_replaced": "release"}}
