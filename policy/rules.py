"""The rules as the CLI runs them: each on the resources that it is about, in the stacks that it holds for.

Imports pulumi_policy, the domain, and its siblings. What a rule finds is decided in domain.guardrails.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)

from ecs_release.domain import guardrails
from ecs_release.domain.guardrails import SENTENCES, DeclaredGroup, DeclaredInstance, Rule, Violation
from policy.declared import GROUP_TYPE, INSTANCE_TYPES, declared_group, declared_instance, stack_of
from policy.settings import (
    DEVELOPMENT,
    EVERY,
    KINDS,
    LIFETIME,
    PRODUCTION,
    SIZE,
    SPOT,
    Settings,
    UnknownSetting,
    parse,
    schema,
)

Clock = Callable[[], datetime]
Found = Iterable[Violation]


def nothing(_declared: object, _settings: Settings, _now: datetime) -> Found:
    """What a rule finds in a kind of resource that it is not about."""
    return ()


@dataclass(frozen=True)
class Guardrail:
    """A rule, its level and settings where nothing is configured, and what it finds in what."""

    rule: Rule
    settings: PolicyConfigSchema
    of_group: Callable[[DeclaredGroup, Settings, datetime], Found] = nothing
    of_instance: Callable[[DeclaredInstance, Settings, datetime], Found] = nothing
    level: EnforcementLevel = EnforcementLevel.MANDATORY

    def violations(self, args: ResourceValidationArgs, now: datetime) -> Iterable[str]:
        """What a resource violates, a line each."""
        if args.resource_type not in (GROUP_TYPE, *INSTANCE_TYPES):
            return ()
        try:
            settings = parse(args.get_config(), self.settings)
        except UnknownSetting as error:
            return (f"{self.rule.value}: {error}",)
        if not settings.hold_for(stack_of(args.urn)):
            return ()
        if args.resource_type == GROUP_TYPE:
            return map(str, self.of_group(declared_group(args), settings, now))
        return map(str, self.of_instance(declared_instance(args), settings, now))


GUARDRAILS = (
    Guardrail(
        Rule.PROTECTION,
        schema(PRODUCTION, [], SPOT),
        of_group=lambda group, _, now: guardrails.lifted(group),
        of_instance=lambda one, given, now: guardrails.unprotected(one, allow_spot=given.allow_spot),
    ),
    Guardrail(
        Rule.APPROVAL,
        schema(PRODUCTION, []),
        of_group=lambda group, _, now: guardrails.unapproved(group),
    ),
    Guardrail(
        Rule.SCHEDULE,
        schema(PRODUCTION, []),
        of_group=lambda group, _, now: guardrails.scheduled(group),
    ),
    Guardrail(
        Rule.DISKS,
        schema(PRODUCTION, [], KINDS),
        of_group=lambda group, given, now: guardrails.lost_disks(group, given.kinds),
    ),
    Guardrail(
        Rule.END,
        # What fits both patterns is production: it is the one that must not end by itself.
        schema(DEVELOPMENT, PRODUCTION, LIFETIME),
        of_group=lambda group, given, now: guardrails.endless(group, given.max_lifetime, now),
    ),
    Guardrail(
        Rule.SIZE,
        schema(EVERY, [], SIZE),
        of_group=lambda group, given, now: guardrails.too_many(group, given.max_instances),
    ),
    Guardrail(
        Rule.GROUP,
        schema(EVERY, []),
        of_instance=lambda one, _, now: guardrails.outside_a_group(one),
        # Reported only: a stack may have instances that nobody wants a group for.
        level=EnforcementLevel.ADVISORY,
    ),
)


def policies(clock: Clock) -> list[Policy]:
    """Every rule as a policy of the pack."""
    return [_policy(each, clock) for each in GUARDRAILS]


def _policy(guardrail: Guardrail, clock: Clock) -> ResourceValidationPolicy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        for line in guardrail.violations(args, clock()):
            report(line, None)

    return ResourceValidationPolicy(
        name=guardrail.rule.value,
        description=SENTENCES[guardrail.rule],
        validate=validate,
        enforcement_level=guardrail.level,
        config_schema=guardrail.settings,
    )
