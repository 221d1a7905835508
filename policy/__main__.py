"""Started by the Pulumi CLI; serves the rules until that ends it. Imports pulumi_policy and its siblings."""

from datetime import UTC, datetime

from pulumi_policy import PolicyPack

from policy.rules import policies

# The config of the stack does not reach a pack, so a clock set there does not either.
PolicyPack("ecs-release", policies(lambda: datetime.now(UTC)))
