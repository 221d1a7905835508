"""Who is calling. Imports the gateway's own call, errors and mapping."""

import threading

from ecs_release.domain.facts import Identity
from ecs_release.gateway.call import Call, Caller
from ecs_release.gateway.errors import CloudError
from ecs_release.gateway.mapping import identity_in

FIRST_CONTACT_SECONDS = 10.0


class FirstContact:
    """GetCallerIdentity, asked once: a cloud that did not answer one group is not asked for the next."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._lock = threading.Lock()
        self._answer: Identity | CloudError | None = None

    def identity(self) -> Identity:
        """The caller's identity; given up after 10 seconds, then and later with the same CloudError."""
        # Held while asking: four groups at once must not wait 10 seconds each.
        with self._lock:
            if self._answer is None:
                self._answer = self._ask()
        if isinstance(self._answer, CloudError):
            raise self._answer
        return self._answer

    def _ask(self) -> Identity | CloudError:
        try:
            return identity_in(self._caller.perform(Call("GetCallerIdentity", {}), FIRST_CONTACT_SECONDS))
        except CloudError as error:
            return error
