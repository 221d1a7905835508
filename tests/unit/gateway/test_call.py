"""One call: repeated while that may help, with the right token, until patience ends."""

from datetime import UTC, datetime

import pytest

from ecs_release.gateway.errors import CannotCall, CloudError, Malformed, NoPermission, Refused, Throttled
from ecs_release.gateway.gateway import Gateway
from tests.unit.gateway.scripted import Script, Time, api_error, gateway, instance, instances

THROTTLED = api_error(400, "Throttling.User", "Request was denied due to user flow control.")


class RetryError(Exception):
    """What the SDK wraps a failure of the network in."""


def release(subject: Gateway) -> str:
    return subject.release_instances(["i-1"], force=True, terminate_subscription=False)


def test_what_passes_is_repeated(cloud: Script, subject: Gateway, time: Time) -> None:
    cloud.answers(THROTTLED, api_error(500, "InternalError"), RetryError("lost"), instances(instance()))
    assert [facts.instance_id for facts in subject.find_instances(["i-1"])] == ["i-1"]
    assert len(cloud.actions) == 4


def test_what_does_not_pass_is_not_repeated(cloud: Script, subject: Gateway, time: Time) -> None:
    cloud.answers(api_error(403, "ChargeTypeViolation"))
    with pytest.raises(Refused):
        release(subject)
    assert (len(cloud.actions), time.slept) == (1, [])


def test_patience_ends_with_the_last_error(cloud: Script, subject: Gateway, time: Time) -> None:
    cloud.answers(api_error(500, "InternalError"), THROTTLED)
    with pytest.raises(Throttled, match=r"Throttling\.User"):
        subject.find_instances(["i-1"])
    assert 570 <= time.now <= 600


def test_pauses_are_jittered_and_bounded(cloud: Script, subject: Gateway, time: Time) -> None:
    cloud.answers(THROTTLED)
    with pytest.raises(Throttled):
        subject.find_instances(["i-1"])
    assert max(time.slept) <= 15
    assert len(set(time.slept)) > len(time.slept) / 2


def test_the_cloud_may_ask_for_a_longer_pause(cloud: Script, subject: Gateway, time: Time) -> None:
    cloud.answers(api_error(429, "Throttling", retry_after=40_000), instances())
    subject.find_instances(["i-1"])
    assert time.slept == [40.0]


@pytest.mark.parametrize(
    ("failure", "same"),
    [
        (RetryError("lost"), True),
        (api_error(403, "IdempotentProcessing"), True),
        (THROTTLED, False),
        (api_error(503, "ServiceUnavailable"), False),
    ],
)
def test_a_lost_reply_keeps_its_token(
    cloud: Script, subject: Gateway, failure: Exception, same: bool
) -> None:
    cloud.answers(failure, {})
    release(subject)
    first, second = (query["ClientToken"] for query in cloud.queries)
    assert (first == second) is same
    assert len(first) <= 64


def test_two_releases_have_two_tokens(cloud: Script, subject: Gateway) -> None:
    release(subject)
    release(subject)
    assert cloud.queries[0]["ClientToken"] != cloud.queries[1]["ClientToken"]


def test_an_error_is_one_line_with_what_which_why_and_next(cloud: Script, subject: Gateway) -> None:
    cloud.answers(api_error(403, "InvalidOperation.DeletionProtection", "The instance\nis protected."))
    with pytest.raises(Refused) as caught:
        release(subject)
    assert str(caught.value) == (
        "DeleteInstances of i-1: The instance is protected; remove the cause, then repeat"
        " (InvalidOperation.DeletionProtection, request R-9)"
    )
    error = caught.value
    assert (error.code, error.request_id, error.action) == (
        "InvalidOperation.DeletionProtection",
        "R-9",
        "DeleteInstances",
    )
    assert error.__cause__ is not None


def test_texts_are_cut_and_hold_no_credentials(cloud: Script, subject: Gateway) -> None:
    said = "server string to sign is: x-acs-security-token:VERYSECRET&AccessKeyId=KEYID " + "long " * 200
    cloud.answers(api_error(403, "SignatureDoesNotMatch", said))
    with pytest.raises(NoPermission) as caught:
        subject.find_instances(["i-1"])
    assert "VERYSECRET" not in str(caught.value)
    assert "KEYID" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_an_error_without_a_code_is_malformed(cloud: Script, subject: Gateway) -> None:
    cloud.answers(api_error(403, ""))
    with pytest.raises(Malformed, match="status 403, is an error without a Code"):
        subject.find_instances(["i-1"])


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", '{"RequestId": 7}', '{"RequestId": ""}', "{}"])
def test_a_reply_of_another_form_is_never_a_promise(cloud: Script, subject: Gateway, text: str) -> None:
    cloud.answers(text)
    with pytest.raises(Malformed):
        release(subject)
    assert len(cloud.actions) == 1


def test_missing_credentials_end_the_call_at_once(cloud: Script, subject: Gateway, time: Time) -> None:
    class CredentialException(Exception):
        """As the credentials package names it."""

    cloud.answers(CredentialException("unable to load credentials of SECRETFILE"))
    with pytest.raises(CannotCall, match="set ALIBABA_CLOUD_ACCESS_KEY_ID and") as caught:
        subject.identity()
    assert "SECRETFILE" not in str(caught.value)
    assert time.slept == []


def test_the_clouds_time_is_the_date_of_its_newest_reply(cloud: Script, subject: Gateway) -> None:
    with pytest.raises(CloudError, match="no reply"):
        subject.cloud_time()
    cloud.answers(instances())
    subject.find_instances(["i-1"])
    assert subject.cloud_time() == datetime(2026, 11, 23, 13, 0, 7, tzinfo=UTC)
    cloud.headers = {"date": "no date"}
    subject.find_instances(["i-1"])
    assert subject.cloud_time() == datetime(2026, 11, 23, 13, 0, 7, tzinfo=UTC)


def test_first_contact_is_given_up_after_ten_seconds(cloud: Script, time: Time) -> None:
    cloud.answers(RetryError("[Errno 111] Connection refused"))
    with pytest.raises(CloudError, match=r"^GetCallerIdentity: the cloud does not answer: .*refused;"):
        gateway(time).identity()
    assert 0 < time.now <= 10
