"""Sets the release times of many instances: one call each, the API has no batch.

Imports gateway and domain. The pool is our own, so that a hundred calls do not take the plugin's
few workers; how fast it goes is the gateway's limiter's to say.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from ecs_release.gateway.errors import CloudError
from ecs_release.gateway.gateway import Gateway

WORKERS = 8


def arm(times: Mapping[str, datetime | None], gateway: Gateway) -> dict[str, CloudError]:
    """Sets, moves or with None cancels the time of each instance id; what failed, by id.

    A failure stops nothing: the rest is set all the same.
    """

    def set_one(instance_id: str) -> CloudError | None:
        try:
            gateway.set_release_time(instance_id, times[instance_id])
        except CloudError as error:
            return error
        return None

    with ThreadPoolExecutor(WORKERS) as pool:
        errors = dict(zip(times, pool.map(set_one, times), strict=True))
    return {instance_id: error for instance_id, error in errors.items() if error is not None}
