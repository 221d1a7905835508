"""The page in a real browser: what happens is seen, what rests is left alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.emulator.cloud import Cloud, Server
from tests.emulator.page.browser import Browser
from tests.emulator.page.conftest import LIVE, settle
from tests.emulator.page.worlds import MARKUP, nasty, shop

WATCH = """
window.seen = [];
new MutationObserver((all) => seen.push(...all.flatMap((one) => WHAT)))
  .observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true});
window.asked = 0;
new PerformanceObserver((list) => {
  asked += list.getEntries().filter((one) => one.name.endsWith('pulse')).length;
}).observe({type: 'resource'});
"""


def has(text: str, place: str = "body") -> str:
    return f"Boolean(document.querySelector('{place}')?.innerText.includes({text!r}))"


def test_an_empty_world_says_how_to_begin_and_that_works(page: Browser, cloud: Cloud) -> None:
    page.wait(has("Nothing exists yet."))
    command = str(page.run("document.querySelector('.first pre').innerText"))
    subprocess.run(["bash", "-c", f"{command} --silent --fail"], check=True, stdout=subprocess.DEVNULL)
    page.wait(has("1 VPC", "#resources"))
    assert len(cloud.look("state")["vpcs"]) == 1


def test_an_instance_that_was_just_made_is_there_without_reload(page: Browser, cloud: Cloud) -> None:
    page.run("window.mine = true")
    instance = cloud.run({"InstanceName": "web-1"})
    page.wait(has(instance, "#resources"))
    page.wait(has("Running", "#resources"))
    page.wait(f"{has(instance, '#hourly')} && {has('RunInstances', '#requests')}")
    assert page.run("window.mine")


def test_a_release_is_next_and_then_the_instance_goes(page: Browser, cloud: Cloud) -> None:
    instance = cloud.run({"AutoReleaseTime": "2026-06-15T11:00:00Z"})
    page.wait(has(instance, "#upcoming"))
    shown = page.run("document.querySelector('#upcoming tbody').innerText")
    assert " ".join(shown.split()) == (
        f"2026-06-15 11:00:00 59 min 58 s {instance} is released: its release time"
    )
    cloud.advance("PT59M50S")
    page.wait(has("8 s", "#upcoming"))
    cloud.advance("PT1M")
    page.wait(has("Nothing will happen by itself.", "#upcoming"))
    page.wait(f"!{has(instance, '#resources')}")


def test_by_its_own_clock_alone_an_instance_starts(page: Browser, cloud: Cloud) -> None:
    """Nobody calls: the page alone shows that time has passed."""
    cloud.control("settings", {"starting_seconds": 600})
    cloud.run()
    page.wait(has("Starting", "#resources"))
    cloud.control("clock", {"rate": 1000})
    page.wait(has("Running", "#resources"))


def test_what_would_go_and_what_would_stay_is_told(page: Browser, cloud: Cloud) -> None:
    shop(cloud)
    page.wait(has("web-1", "#resources"))
    page.run("document.querySelector('.instance summary').click()")
    page.wait(has("2 things would go with it; 3 things would stay and bill 0.1280 CNY an hour", ".fate"))
    assert page.run(has("Costs 0.7880 CNY an hour with all that hangs on it. Protected", ".fate"))


def test_what_rests_is_left_alone(page: Browser, cloud: Cloud) -> None:
    shop(cloud)
    settle(page, cloud)
    page.run("document.querySelector('.instance summary').click()")
    page.run("document.querySelector('.opener').click()")
    page.wait("document.querySelector('.details pre, .details dl') && document.querySelector('.fate')")
    page.wait(has("Request id", ".details"))
    page.run("document.querySelector('.instance summary').focus()")
    page.run(WATCH.replace("WHAT", "[one.target.nodeName]"))
    page.wait("asked >= 3")
    assert page.run("seen") == []


def test_a_clock_that_runs_changes_times_alone(page: Browser, cloud: Cloud) -> None:
    shop(cloud)
    cloud.control("clock", {"rate": 1})
    settle(page, cloud)
    page.run(WATCH.replace("WHAT", "[one.target]"))
    page.wait("asked >= 3")
    places = "[...new Set(seen.map((one) => (one.parentElement ?? one).closest('[id]').id))].sort()"
    assert page.run(places) == ["clock", "upcoming"]


def test_however_long_an_answer_takes_the_next_question_is_not_far(page: Browser) -> None:
    # Answers seem to take a thousand times as long, and pauses are over at once.
    page.run("""
      const [now, wait] = [performance.now.bind(performance), setTimeout.bind(window)];
      performance.now = () => now() * 1000;
      window.pauses = [];
      window.setTimeout = (after, pause) => (window.pauses.push(pause), wait(after, 10));
    """)
    page.wait("window.pauses.length > 3")
    assert page.run("Math.max(...window.pauses)") == 10_000


def test_focus_and_open_rows_outlive_what_happens_around_them(page: Browser, cloud: Cloud) -> None:
    network = cloud.network()
    for name in ("a", "b", "c"):
        cloud.run({**network, "InstanceName": f"web-{name}"})
    page.wait(has("web-c", "#resources"))
    page.run("document.querySelectorAll('.instance summary')[1].click()")
    page.run("document.querySelectorAll('.instance summary')[1].focus()")
    page.wait("document.querySelector('.fate')")
    page.run(WATCH.replace("WHAT", "[...one.removedNodes]"))
    first = cloud.instances(InstanceName="web-a")[0]["InstanceId"]
    cloud.good("DeleteInstance", {"InstanceId": first, "Force": True})
    cloud.advance("PT10S")
    cloud.run({**network, "InstanceName": "web-d"})
    page.wait(f"{has('web-d', '#resources')} && !{has('web-a', '#resources')}")
    assert page.run("document.activeElement.innerText.includes('web-b')")
    assert page.run("document.activeElement.parentElement.open")
    # Not even moved: that would lose a selection.
    assert not page.run("seen.some((one) => one.contains(document.activeElement))")


def test_a_call_can_be_opened(page: Browser, cloud: Cloud) -> None:
    vpc = cloud.good("CreateVpc", {"CidrBlock": "10.0.0.0/16"}, "Vpc")["VpcId"]
    page.wait("document.querySelector('.opener')")
    page.run("document.querySelector('.opener').click()")
    page.wait(f"{has(vpc, '.details pre')} && {has('10.0.0.0/16', '.details dl')}")
    assert page.run("document.querySelector('.opener').getAttribute('aria-expanded')") == "true"
    page.run("document.querySelector('.opener').click()")
    page.wait("!document.querySelector('.details')")


def test_a_reset_begins_the_calls_anew(page: Browser, cloud: Cloud) -> None:
    cloud.call("DescribeRegions")
    page.wait(has("DescribeRegions", "#requests"))
    cloud.control("reset", {})
    cloud.call("DescribeZones")
    page.wait(f"{has('DescribeZones', '#requests')} && !{has('DescribeRegions', '#requests')}")


def test_the_filter_finds_by_name_tag_and_action(page: Browser, cloud: Cloud) -> None:
    shop(cloud)
    page.wait(has("web-1", "#resources"))
    page.run("filter.value = 'shop'; filter.dispatchEvent(new Event('input'))")
    page.wait(f"{has('web-1', '#resources')} && !{has('web-2', '#resources')}")
    page.run("filter.value = 'vpc-'; filter.dispatchEvent(new Event('input'))")
    page.wait(f"{has('web-2', '#resources')} && !{has('left-over', '#resources')}")
    page.run("filter.value = 'RunInst'; filter.dispatchEvent(new Event('input'))")
    page.wait(f"{has('Nothing fits the filter.', '#resources')} && !{has('CreateVpc', '#requests')}")
    page.run("filter.value = ''; filter.dispatchEvent(new Event('input'))")
    page.wait(has("web-2", "#resources"))


def test_markup_in_names_and_tags_is_text(page: Browser, cloud: Cloud) -> None:
    nasty(cloud)
    page.wait(has(MARKUP, "#resources"))
    page.run("document.querySelectorAll('details:not([open]) > summary').forEach((one) => one.click())")
    page.run("document.querySelectorAll('.opener').forEach((one) => one.click())")
    page.wait("document.querySelectorAll('.details').length === document.querySelectorAll('.opener').length")
    for place in ("#resources", "#upcoming", "#hourly", "#requests"):
        assert page.run(has(MARKUP, place)), place
    assert page.run("document.title") == "ECS emulator"
    assert page.run("document.querySelectorAll('img, body script, #resources b b, iframe').length") == 0


def test_the_policy_stops_what_a_mistake_would_let_in(page: Browser) -> None:
    """Were a text ever put in as markup, the browser itself would refuse."""
    told = page.run("(() => { try { document.body.innerHTML = '<b>'; } catch (e) { return e.name; } })()")
    assert told == "TypeError"
    # That refusal is on the page's own log, which has to be empty at the end.
    page.said("Log.entryAdded")
    page.events.clear()


def test_every_module_is_used(page: Browser, cloud: Cloud) -> None:
    from emulator.page import FOLDER, _files

    loaded = page.run("performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname)")
    modules = {f"{FOLDER}{name}" for name in _files() if name.endswith((".js", ".css"))}
    assert modules <= set(loaded)


@pytest.mark.timeout(120)
def test_an_emulator_that_is_gone_is_said_and_its_return_is_seen(browser: Browser, database: Path) -> None:
    server = Server(database)
    port = server.url.rpartition(":")[2]
    vpc = Cloud(server.url).good("CreateVpc", {"CidrBlock": "10.0.0.0/16"}, "Vpc")["VpcId"]
    browser.open(f"{server.url}/", LIVE)
    server.end(kill=True)
    browser.wait(has("has not answered since", "#link"))
    assert browser.run(has(vpc, "#resources"))
    server = Server(database, "--port", port)
    try:
        browser.wait(LIVE)
        Cloud(server.url).good("DeleteVpc", {"VpcId": vpc}, "Vpc")
        browser.wait(has("Nothing exists yet.", "#resources"))
    finally:
        server.end()
