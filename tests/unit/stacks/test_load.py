"""The config around the groups: keys, network, names, cloud, credentials, clock; and what comes out."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ecs_release.domain.facts import Cloud
from stacks.load import Context, load
from stacks.problems import InvalidConfig

ENVIRONMENT = "ecs-release:environment"
GROUP = {"count": 1, "instance_type": "ecs.g7.large", "image": "image-1"}
NETWORK = {"cidr": "10.8.0.0/16", "zone": "cn-hangzhou-b"}
LOCAL = dict.fromkeys(("ecs", "vpc", "sts", "bssopenapi"), "127.0.0.1:8443")
FORMS = "either cidr and zone (a network is made) or vswitch and security_groups (it exists)"


def environment(**fields: Any) -> dict[str, Any]:
    """Config keys with an environment of these fields."""
    return {ENVIRONMENT: {"network": NETWORK, "groups": {"web": GROUP}, **fields}}


def network(**fields: Any) -> dict[str, Any]:
    """Config keys with an environment on this network."""
    return environment(network=fields)


def endpoints(**changed: Any) -> dict[str, Any]:
    """Config keys with the emulator's hosts, some of them changed."""
    hosts = {product: host for product, host in {**LOCAL, **changed}.items() if host}
    return {"alicloud:endpoints": json.dumps([hosts]), "alicloud:protocol": "HTTP"}


CASES: list[tuple[str, dict[str, Any], list[tuple[str, str, str]]]] = [
    (
        "a misspelt key",
        {"ecs-release:enviroment": "{}"},
        [("ecs-release:enviroment", "{}", "known: ecs-release:environment, ecs-release:now")],
    ),
    (
        "an unknown key that sounds secret",
        {"ecs-release:password": "x"},
        [("ecs-release:password", "(hidden)", "unknown key")],
    ),
    ("no environment", {ENVIRONMENT: None}, [(ENVIRONMENT, "missing", "required")]),
    (
        "an environment that is text",
        {ENVIRONMENT: "web"},
        [(ENVIRONMENT, '"web"', "a mapping of max_lifetime, network, audit, tags, groups")],
    ),
    (
        "no groups",
        {ENVIRONMENT: {"network": NETWORK}},
        [(f"{ENVIRONMENT}.groups", "missing", "required: a map from names to groups")],
    ),
    (
        "a lifetime that is no duration",
        environment(max_lifetime="a month"),
        [(f"{ENVIRONMENT}.max_lifetime", '"a month"', "a quoted duration in days, hours and minutes")],
    ),
    (
        "a life longer than allowed",
        environment(max_lifetime="8h", groups={"web": {**GROUP, "release": {"schedule": {"after": "9h"}}}}),
        [(f"{ENVIRONMENT}.groups.web.release.schedule.after", '"9h"', "at most max_lifetime, 8h")],
    ),
    (
        "a lifetime too short to be armed",
        environment(max_lifetime="30m"),
        [(f"{ENVIRONMENT}.max_lifetime", '"30m"', "at least 40m")],
    ),
    (
        "a group that is a number",
        environment(groups={"web": 3}),
        [(f"{ENVIRONMENT}.groups.web", "3", "a mapping of count, instance_type")],
    ),
    (
        "capitals in a name",
        environment(groups={"Web": GROUP}),
        [(f"{ENVIRONMENT}.groups.Web", '"Web"', "1 to 40 lower-case letters, digits and dashes")],
    ),
    (
        "a long name",
        environment(groups={"w" * 41: GROUP}),
        [(f"{ENVIRONMENT}.groups.{'w' * 41}", f'"{"w" * 41}"', "1 to 40")],
    ),
    (
        "a group called like a field",
        environment(groups={"count": {**GROUP, "x": 1}}),
        [(f"{ENVIRONMENT}.groups.count.x", "1", "known here: count")],
    ),
    (
        "a field missing in it",
        environment(groups={"count": {"instance_type": "ecs.x", "image": "i"}}),
        [(f"{ENVIRONMENT}.groups.count.count", "missing", "required: a whole number")],
    ),
    (
        "tags of both",
        environment(
            tags={f"k{i}": "v" for i in range(13)}, groups={"web": {**GROUP, "tags": {"one": "more"}}}
        ),
        [
            (
                f"{ENVIRONMENT}.groups.web.tags",
                '{"one": "more"}',
                "at most 13 tags together with those of the environment",
            )
        ],
    ),
    (
        "two forms of network",
        network(**NETWORK, vswitch="vsw-1"),
        [(f"{ENVIRONMENT}.network", '{"cidr"', FORMS)],
    ),
    (
        "half a made network",
        network(cidr="10.8.0.0/16"),
        [(f"{ENVIRONMENT}.network.zone", "missing", "required: a zone of alicloud:region")],
    ),
    (
        "half an existing network",
        network(vswitch="vsw-1"),
        [(f"{ENVIRONMENT}.network.security_groups", "missing", "required: 1 to 5 ids")],
    ),
    (
        "no security group",
        network(vswitch="vsw-1", security_groups=[]),
        [(f"{ENVIRONMENT}.network.security_groups", "[]", "1 to 5 ids")],
    ),
    (
        "an id of another kind",
        network(vswitch="vpc-1", security_groups=["sg-1"]),
        [(f"{ENVIRONMENT}.network.vswitch", '"vpc-1"', "starts with vsw-")],
    ),
    (
        "a public range",
        network(cidr="8.8.0.0/16", zone="cn-hangzhou-b"),
        [(f"{ENVIRONMENT}.network.cidr", '"8.8.0.0/16"', "inside 10.0.0.0/8")],
    ),
    (
        "too wide a range",
        network(cidr="10.0.0.0/8", zone="cn-hangzhou-b"),
        [(f"{ENVIRONMENT}.network.cidr", '"10.0.0.0/8"', "a /16 to /28")],
    ),
    (
        "host bits",
        network(cidr="10.8.0.1/16", zone="cn-hangzhou-b"),
        [(f"{ENVIRONMENT}.network.cidr", '"10.8.0.1/16"', "without host bits")],
    ),
    (
        "a zone of elsewhere",
        network(cidr="10.8.0.0/16", zone="cn-beijing-b"),
        [(f"{ENVIRONMENT}.network.zone", '"cn-beijing-b"', "a zone of cn-hangzhou")],
    ),
    ("no region", {"alicloud:region": ""}, [("alicloud:region", "missing", "required: a region like")]),
    (
        "an access key",
        {"alicloud:accessKey": "k"},
        [("alicloud:accessKey", "(hidden)", "destroy would use the keys of the last `up`")],
    ),
    (
        "a secret key",
        {"alicloud:secretKey": "k"},
        [("alicloud:secretKey", "(hidden)", "the engine writes the config into the state")],
    ),
    (
        "a token",
        {"alicloud:securityToken": "k"},
        [("alicloud:securityToken", "(hidden)", "use the environment")],
    ),
    (
        "a token of OIDC",
        {"alicloud:assumeRoleWithOidc": '{"oidcToken": "k"}'},
        [("alicloud:assumeRoleWithOidc.oidcToken", "(hidden)", "use the environment")],
    ),
    (
        "two products without an endpoint",
        endpoints(sts="", bssopenapi=""),
        [
            ("alicloud:endpoints[0].sts", "missing", "no call goes to another cloud"),
            ("alicloud:endpoints[0].bssopenapi", "missing", "required as soon as any endpoint is given"),
        ],
    ),
    (
        "endpoints that are text",
        {"alicloud:endpoints": "127.0.0.1:8443"},
        [("alicloud:endpoints", '"127.0.0.1:8443"', "a list of one mapping")],
    ),
    (
        "a scheme",
        {"alicloud:endpoints": [{**LOCAL, "ecs": "http://127.0.0.1:1"}]},
        [("alicloud:endpoints[0].ecs", '"http://127.0.0.1:1"', "without http://")],
    ),
    (
        "HTTP to the official hosts",
        {"alicloud:protocol": "HTTP"},
        [("alicloud:protocol", '"HTTP"', "HTTP only when every endpoint is a loopback host")],
    ),
    (
        "a protocol in lower case",
        {"alicloud:protocol": "https"},
        [("alicloud:protocol", '"https"', "HTTPS or HTTP")],
    ),
    (
        "one real host among loopback ones",
        {"alicloud:endpoints": [{**LOCAL, "vpc": "vpc.example.com"}]},
        [("alicloud:endpoints[0].vpc", '"vpc.example.com"', "a loopback host like the others")],
    ),
    (
        "a clock against a real cloud",
        {"ecs-release:now": "2030-01-01T00:00:00Z"},
        [
            (
                "ecs-release:now",
                '"2030-01-01T00:00:00Z"',
                "only in a preview, or when the ECS endpoint is a loopback host",
            )
        ],
    ),
    (
        "an unquoted clock",
        {**endpoints(), "ecs-release:now": "2030-01-01 00:00:00 +0000 UTC"},
        [("ecs-release:now", '"2030-01-01 00:00:00 +0000 UTC"', "quote the time")],
    ),
]


@pytest.mark.parametrize(("keys", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_error_of_a_config(config: Any, keys: dict[str, Any], expected: list[tuple[str, str, str]]) -> None:
    with pytest.raises(InvalidConfig) as caught:
        load(config(keys=keys), Context("prod"))
    assert [problem.key for problem in caught.value.problems] == [key for key, _, _ in expected]
    for problem, (_, shown, allowed) in zip(caught.value.problems, expected, strict=True):
        assert problem.value.startswith(shown)
        assert allowed in problem.allowed


def test_all_errors_are_shown_at_once_one_line_each(config: Any) -> None:
    wrong = config(
        {"count": -1, "cuont": 1, "data_disks": [{"name": "data"}]}, {"alicloud:secretKey": "topsecret"}
    )
    with pytest.raises(InvalidConfig) as caught:
        load(wrong, Context("dev"))
    lines = str(caught.value).splitlines()
    assert len(lines) == len(caught.value.problems) == 4
    assert all(line.startswith("stacks/Pulumi.dev.yaml: ") for line in lines)
    assert "topsecret" not in str(caught.value)


def test_what_a_secret_field_holds_is_not_shown(config: Any) -> None:
    with pytest.raises(InvalidConfig) as caught:
        load(config({"password": "topsecret"}), Context("dev"))
    assert caught.value.problems[0].value == "(hidden)"


@pytest.mark.parametrize("host", ["127.0.0.1:8443", "localhost:8443", "[::1]:8443", "127.0.0.2"])
def test_loopback_hosts_may_be_spoken_to_over_http_and_take_a_clock(config: Any, host: str) -> None:
    keys = {**endpoints(**dict.fromkeys(LOCAL, host)), "ecs-release:now": "2030-01-01T08:00:30+08:00"}
    settings = load(config(keys=keys), Context("local"))
    assert settings.cloud == Cloud("cn-hangzhou", "HTTP", host, host, host, host)
    assert settings.now == datetime(2030, 1, 1, 0, 0, 30, tzinfo=UTC)


def test_without_endpoints_the_official_ones_over_https(config: Any) -> None:
    settings = load(config(), Context("prod"))
    assert (settings.cloud, settings.now) == (Cloud("cn-hangzhou"), None)


def test_a_preview_may_set_the_clock_against_a_real_cloud(config: Any) -> None:
    keys = {"ecs-release:now": "2030-01-01T00:00:00Z"}
    assert load(config(keys=keys), Context("prod", preview=True)).now == datetime(2030, 1, 1, tzinfo=UTC)


def test_a_role_is_no_secret(config: Any) -> None:
    role = {"alicloud:ecsRoleName": "ci", "alicloud:assumeRoleWithOidc": '{"oidcTokenFile": "f"}'}
    assert load(config(keys=role), Context("prod"))


@pytest.mark.parametrize(("size", "fits"), [(32 * 1024, True), (32 * 1024 + 1, False)])
def test_user_data_has_a_limit(config: Any, tmp_path: Path, size: int, fits: bool) -> None:
    (tmp_path / "start.sh").write_bytes(b"x" * size)
    problems: tuple[Any, ...] = ()
    try:
        load(config({"user_data_file": "start.sh"}), Context("dev", folder=tmp_path))
    except InvalidConfig as error:
        problems = error.problems
    assert (not problems) is fits


def test_config_may_be_json_text_as_the_cli_hands_it_over(config: Any) -> None:
    objects = config()
    text = {key: value if isinstance(value, str) else json.dumps(value) for key, value in objects.items()}
    assert load(text, Context("dev")) == load(objects, Context("dev"))
