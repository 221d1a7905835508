"""Who is calling. Imports the gateway's own call and mapping."""

from ecs_release.domain.facts import Identity
from ecs_release.gateway.call import Call, Caller
from ecs_release.gateway.clients import STS
from ecs_release.gateway.mapping import identity_in

FIRST_CONTACT_SECONDS = 10.0


def identity(caller: Caller) -> Identity:
    """GetCallerIdentity; as the first contact it is given up after 10 seconds. Raises CloudError."""
    call = Call("GetCallerIdentity", {}, product=STS)
    return identity_in(caller.perform(call, FIRST_CONTACT_SECONDS))
