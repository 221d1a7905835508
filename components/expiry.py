"""What keeps a subscription that has ended from being bought a second time. Imports pulumi and provider."""

import pulumi

from ecs_release.provider.resources import Sweep


def buys_once(group: str, sweep: Sweep) -> pulumi.ResourceHookBinding:
    """Refuses the creation of a member that was there before.

    After a refresh the engine knows nothing of a released member that is still declared, and would create
    it: for a subscription that ends at its expiry, another period paid ahead.
    """

    async def refuse_second(args: pulumi.ResourceHookArgs) -> None:
        if args.name in (await sweep.bought.future() or ()):
            raise pulumi.RunError(
                f"{group}: {args.name}: it was bought before and has ended, at its expiry or by hand, and"
                " at_expiry buys nothing anew; lower count or remove the group, or remove at_expiry to buy it"
                " again"
            )

    return pulumi.ResourceHookBinding(
        before_create=[pulumi.ResourceHook(f"{group}-buys-once", refuse_second)]
    )
