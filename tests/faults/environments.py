"""A config with every field of the environment, and values that stand where others should."""

from __future__ import annotations

from typing import Any

import yaml

HOSTS = dict.fromkeys(("ecs", "vpc", "sts", "bssopenapi"), "127.0.0.1:8443")
DISK = {
    "category": "cloud_essd",
    "size_gib": 40,
    "release_with_instance": True,
    "release_auto_snapshots": False,
}
RELEASE = {
    "schedule": {"at": "2026-12-31T18:00:00", "zone": "Asia/Shanghai"},
    "on_protected": "refuse",
    "on_active_subscription": "refuse",
    "on_replaced": "refuse",
    "on_blocked": "stop",
    "backup": "none",
    "shutdown": "power-off",
    "approval": "none",
    "max_instances": 50,
}
PLAIN = {"count": 1, "instance_type": "ecs.g7.large", "image": "image-1"}
WEB = {
    **PLAIN,
    "count": 3,
    "key_pair": "ops",
    "ram_role": "role",
    "tags": {"role": "web"},
    "charge": {"type": "pay-as-you-go"},
    "deletion_protection": True,
    "system_disk": DISK,
    "data_disks": [{"name": "data", **DISK}],
    "public_ip": {"bandwidth_mbps": 5, "on_release": "release"},
    "adopt": {"web-0": "i-bp1"},
    "release": RELEASE,
}
SUBSCRIPTION = {"type": "subscription", "period": 1, "unit": "month", "auto_renew": False}
NIGHTLY = {"daily": "20:00", "zone": "Asia/Shanghai", "days": ["mon", "tue"]}
GROUPS = {
    "web": WEB,
    "paid": {**PLAIN, "charge": SUBSCRIPTION, "release": {"schedule": {"at_expiry": True}}},
    "night": {
        **PLAIN,
        "charge": {"type": "spot", "price_limit": 0.5},
        "release": {"schedule": NIGHTLY},
    },
    "brief": {**PLAIN, "release": {"schedule": {"after": "8h", "zone": "Europe/Berlin"}}},
}
CONFIG: dict[str, Any] = {
    "alicloud:region": "cn-hangzhou",
    "alicloud:endpoints": [HOSTS],
    "alicloud:protocol": "HTTP",
    "ecs-release:now": "2026-01-01T00:00:00Z",
    "ecs-release:environment": {
        "max_lifetime": "30d",
        "network": {"cidr": "10.8.0.0/16", "zone": "cn-hangzhou-b"},
        "tags": {"cost-center": "42"},
        "groups": GROUPS,
    },
}
EXISTING = {"vswitch": "vsw-1", "security_groups": ["sg-1"]}
ODD: tuple[Any, ...] = (
    float("nan"),
    float("inf"),
    -1,
    -0.0,
    10**400,
    "\ud800",
    "\u202e",
    "\x1b[2J",
    "a" * 100_000,
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:00Z",
    "9999-12-31T23:59:00",
    "0001-01-01T00:00:00",
    "2026-12-31 18:00:00 +0800 +0800",
    "99999d",
    "20:00",
    1200,
    "+99:99",
    "Europe",
    "../etc/passwd",
    "\u0661\u0662:\u0660\u0660",
    b"bytes",
    {1: 2},
    {None: None},
    yaml.safe_load("2026-12-31T18:00:00+08:00"),
    yaml.safe_load("2026-12-31"),
)
DEPTHS = (50, 150, 500, 5_000, 100_000)


def nested(depth: int) -> list[Any]:
    """A list in a list, so many times."""
    made: list[Any] = []
    for _ in range(depth):
        made = [made]
    return made


def bomb() -> str:
    """A few lines of YAML that stand for a billion values."""
    lines = [f"a: &a [{', '.join('x' * 10)}]"]
    for below, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{below}'] * 10)}]")
    return "\n".join(lines)


FILES = (
    *("", "\n", "null", "[]", "7", "config: 7", "config: []", "config: null", "config: {7: 8}", "\x00"),
    *("config: {a: &a [*a]}", "config: &a {b: *a}", "config: {a: *x}", "config: {? [a] : b}"),
    f"{bomb()}\n",
    f"{bomb()}\nconfig: {{'ecs-release:environment': *i}}\n",
    *(
        f"config: {{a: !!{kind} x}}"
        for kind in ("timestamp", "int", "float", "bool", "binary", "set", "omap")
    ),
    "config: {a: !!python/object/apply:os.system ['false']}",
    *(f"config: {{a: {value}}}" for value in ("2026-99-99", "=", "1:60:60", "0b", "0x_", ".nan", "9" * 6000)),
    *(f"config: {{alicloud:region: {value}}}" for value in ("!!null x", "2026-01-01", ".inf", "[a]", "\x1b")),
    f"config: {'[' * 400}{']' * 400}",
    f"config: {'[' * 3000}",
    *("%YAML 9.9\n---\n", "--- a\n--- b\n", "\ufeffconfig: {}", "config: {<<: 7}", "config: {<<: [1]}"),
    "config: {'alicloud:region': cn-hangzhou, 'ecs-release:environment': {groups: &g {web: *g}}}",
    "config: {'alicloud:region': cn-hangzhou, 'alicloud:endpoints': &e [*e]}",
)
