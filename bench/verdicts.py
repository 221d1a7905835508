"""The figures that are wanted, and what was measured of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Figures = dict[str, Any]
PLAIN, FAST = "as it comes", "as `make destroy` does it"
PARALLEL = "`--parallel 64`"
OURS, STOCK, TERRAFORM = "ecs-release", "stock provider, pulumi", "stock provider, terraform"


@dataclass(frozen=True)
class Verdict:
    """A wanted figure: what is wanted of it, the stock provider's, ours, and whether it was reached."""

    figure: str
    wanted: str
    stock: str
    ours: str
    reached: bool


def verdicts(figures: Figures) -> Iterator[Verdict]:
    """All of them, in the order of the page."""
    yield from _calls(figures["destroys"])
    yield from _walls(figures["destroys"])
    drift = figures["drift"]
    seen = drift["ecs-release"]["ours"]
    name = f"calls of our resources to see drift of {drift['instances']} instances"
    yield Verdict(name, "at most 4", str(drift["stock"]["stock"]), str(seen), seen <= 4)
    yield _wasted(figures["destroys"])
    yield from _limits(figures["limited"])
    yield from _growth(figures["crowds"])
    yield _start(figures["start"])


def _row(rows: list[dict[str, Any]], who: str, way: str, instances: int) -> dict[str, Any]:
    return next(row for row in rows if (row["who"], row["way"], row["instances"]) == (who, way, instances))


def _calls(rows: list[dict[str, Any]]) -> Iterator[Verdict]:
    ours, stock = _row(rows, OURS, PLAIN, 100), _row(rows, STOCK, PLAIN, 100)
    more = _row(rows, OURS, PLAIN, 500)
    unpriced = ours["calls"] - ours["prices"]
    figure = "API calls to end 100 instances, the network's not counted"
    told = f"{ours['calls']}, {unpriced} without prices"
    reached = ours["calls"] <= 20 and unpriced <= 15
    yield Verdict(figure, "at most 20, 15 without prices", str(stock["calls"]), told, reached)
    each = (more["calls"] - ours["calls"]) / 400
    stocks = (_row(rows, STOCK, PLAIN, 500)["calls"] - stock["calls"]) / 400
    yield Verdict(
        "calls for each further instance", "at most 0.1", f"{stocks:.2f}", f"{each:.3f}", each <= 0.1
    )


def _walls(rows: list[dict[str, Any]]) -> Iterator[Verdict]:
    wanted = (
        (100, PLAIN, PLAIN, 1 / 6, "a sixth"),
        (100, PLAIN, PARALLEL, 0.6, "0.6"),
        (500, PLAIN, PLAIN, 1 / 12, "a twelfth"),
        (500, PLAIN, PARALLEL, 0.5, "a half"),
        (500, FAST, PLAIN, 1 / 20, "a twentieth"),
        (500, FAST, PARALLEL, 0.25, "a quarter"),
    )
    for instances, our_way, stock_way, share, words in wanted:
        ours = _row(rows, OURS, our_way, instances)["seconds"]
        stock = _row(rows, STOCK, stock_way, instances)["seconds"]
        figure = f"`destroy` of {instances}, {our_way}, against the stock provider, {stock_way}"
        told = f"{ours:.1f} s, {ours / stock:.3f} of it"
        yield Verdict(figure, f"at most {words}", f"{stock:.1f} s", told, ours <= share * stock)


def _wasted(rows: list[dict[str, Any]]) -> Verdict:
    stock, ours = (
        sum(row[kind] for row in rows if row["who"] == who for kind in ("refused", "repeated", "too_early"))
        for who in (STOCK, OURS)
    )
    figure = "calls wasted (refused, repeated, too early) in all these destroys"
    return Verdict(figure, "0", str(stock), str(ours), ours == 0)


def _limits(rows: list[dict[str, Any]]) -> Iterator[Verdict]:
    for row in rows:
        reached = row["seconds"] <= 1.3 * row["least"]
        told = f"{row['seconds']} s, the least is {row['least']} s"
        yield Verdict(f"500 under 60 calls a minute: {row['job']}", "1.3 times the least", "", told, reached)


def _growth(rows: list[dict[str, Any]]) -> Iterator[Verdict]:
    first, last = rows[0], rows[-1]
    factor = last["instances"] / first["instances"]
    for key, words in (("calls", "calls"), ("cpu_seconds", "CPU time")):
        grown = last[key] / first[key]
        told = f"{first[key]} to {last[key]}, {grown:.1f}-fold"
        figure = f"growth of {words} from {first['instances']} to {last['instances']} instances"
        yield Verdict(figure, f"linear ({factor:.0f}-fold) or better", "", told, grown <= factor)
    # In one process and one run, so that a busy machine disturbs both alike.
    plan, decode = 1000 * last["plan_seconds"], 1000 * last["decode_seconds"]
    figure = f"CPU to plan {last['instances']} instances"
    wanted = f"at most decoding and mapping them, {decode:.0f} ms"
    yield Verdict(figure, wanted, "", f"{plan:.0f} ms", plan <= decode)
    memory = last["memory_mib"]
    figure = f"memory of the plugin at {last['instances']} instances"
    yield Verdict(figure, "at most 150 MB", "", f"{memory:.0f} MiB", memory * 1.048576 <= 150)


def _start(figures: dict[str, float]) -> Verdict:
    plugin, imports = figures["plugin to its first call"], figures["with the SDK's client"]
    told = f"{plugin:.0f} ms, {plugin / imports:.2f} times"
    wanted = f"at most 1.5 times the bare imports, {imports:.0f} ms"
    return Verdict("start of the plugin up to its first call", wanted, "", told, plugin <= 1.5 * imports)
