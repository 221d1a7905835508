"""What a person reads: every instance named, why, and what to do."""

from ecs_release.domain.plan import plan_release
from ecs_release.domain.reasons import SENTENCES, Reason
from ecs_release.domain.render import plan_json, plan_lines
from tests.unit.domain.worlds import NOW, TERMS, group, instance, record


def test_a_refusal_names_each_instance_why_and_what_to_do() -> None:
    seen = [instance("i-0", "web-0", deletion_protection=True), instance("i-1", "web-1")]
    text = "\n".join(
        plan_lines(plan_release(group(record({"web-0": "i-0", "web-1": "i-1"}), *seen), TERMS, NOW))
    )
    assert text.splitlines()[0] == "web: refused for 1 of 2 instances; nothing is released"
    assert "web-0 i-0 protected: deletion protection is on" in text
    assert "web-1 i-1 could be released" in text
    assert text.count("to do: protected:") == 1


def test_a_release_names_losses_and_survivors() -> None:
    text = "\n".join(
        plan_lines(plan_release(group(record({"a-0": "i-0"}), instance("i-0", "a-0")), TERMS, NOW))
    )
    assert "lost: disk d-i-0-system" in text
    assert "stays and bills: disk d-i-0-data (data, cloud_essd, 200 GiB): declared to be kept" in text


def test_json_has_the_same_answers() -> None:
    answer = plan_json(plan_release(group(record({"a-0": "i-0"}), instance("i-0", "a-0")), TERMS, NOW))
    assert (answer["schema"], answer["refused"]) == (1, False)
    assert [each["answer"] for each in answer["instances"]] == ["release"]


def test_every_reason_has_its_sentence_and_its_advice() -> None:
    assert set(SENTENCES) == set(Reason)
