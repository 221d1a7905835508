"""Sets the release times of many instances: one call each, the API has no batch.

Imports gateway, domain and the journal beside it. The pool is our own, so that a hundred calls do not
take the plugin's few workers; how fast it goes is the gateway's limiter's to say.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from ecs_release.gateway.errors import CloudError, Refused
from ecs_release.gateway.gateway import Gateway
from ecs_release.runner.journal import Journal

ACTION = "ModifyInstanceAutoReleaseTime"
WORKERS = 8


@dataclass(frozen=True, slots=True)
class Armed:
    """What became of the calls, by instance id: the request ids of those that were taken, the errors."""

    requests: Mapping[str, str]
    errors: Mapping[str, CloudError]


def arm(times: Mapping[str, datetime | None], gateway: Gateway) -> Armed:
    """Sets, moves or with None cancels the time of each instance id.

    A failure stops nothing: the rest is set all the same.
    """

    def set_one(instance_id: str) -> str | CloudError:
        try:
            return gateway.set_release_time(instance_id, times[instance_id])
        except CloudError as error:
            return error

    with ThreadPoolExecutor(WORKERS) as pool:
        answers = dict(zip(times, pool.map(set_one, times), strict=True))
    return Armed(
        {id_: answer for id_, answer in answers.items() if isinstance(answer, str)},
        {id_: answer for id_, answer in answers.items() if isinstance(answer, CloudError)},
    )


def arm_on_record(
    times: Mapping[str, datetime | None], gateway: Gateway, journal: Journal, group_id: str
) -> Armed:
    """As `arm`, with what is to be called and what was answered in a journal. Raises JournalUnwritable."""
    journal.write("call", action=ACTION, ids=list(times), times=dict(times), group_id=group_id)
    armed = arm(times, gateway)
    for instance_id, request_id in armed.requests.items():
        journal.write("answer", action=ACTION, ids=[instance_id], request_id=request_id)
    for instance_id, error in armed.errors.items():
        if isinstance(error, Refused):
            journal.write("refusal", action=ACTION, ids=[instance_id], code=error.code)
    return armed
