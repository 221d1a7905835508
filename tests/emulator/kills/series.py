"""Rounds of load, kill and restart on one file, and what must be there after each."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from tests.emulator.cloud import Answer, Cloud, Server
from tests.emulator.kills.book import Book, shown
from tests.emulator.kills.calls import Call, Client
from tests.emulator.kills.file import left

KEYS = ["emulator-a", "emulator-b", "emulator-c", "emulator-d"]
EPOCH = 1_781_517_600.0
# Each round takes an hour by the emulator's clock; what is scheduled falls due within it.
HOUR, LATER = 3600.0, 2400.0


class Loss(AssertionError):
    """Something that the emulator had accepted is not there, or something else is."""


def stamp(moment: float) -> str:
    """Return a moment as the API writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


class Worker:
    """One client: sends its calls one after the other until the process is gone."""

    def __init__(self, series: int, number: int, key: str, cloud: Cloud) -> None:
        self.cloud = Cloud(cloud.url, key)
        self.account = f"{1_000_000_000_000_001 + number}"
        rng = random.Random(f"{series}/{key}")
        self.client = Client(rng, f"s{series}-{key[-1]}", self.cloud.network(), "")
        self.seen: list[Call] = []
        self.unseen: Call | None = None
        self.wrong = ""
        self.replies = 0

    @property
    def book(self) -> Book:
        """What this client knows."""
        return self.client.book

    def work(self, stop: threading.Event) -> None:
        """Send calls until told to stop, or until one is not answered."""
        while not stop.is_set() and not self.wrong:
            call = self.client.next()
            try:
                answer = self.cloud.call(call.action, call.parameters)
            except (httpx.TransportError, ValueError):
                self.unseen = call
                return
            except AssertionError as error:
                # In a thread nobody would hear of it.
                self.wrong = f"answer: {error}"
                return
            self.heard(call, answer)
            self.replies += 1

    def heard(self, call: Call, answer: Answer) -> None:
        """Enter an answer in the book."""
        call.said, call.body = answer.outcome, answer.body
        self.seen.append(call)
        if call.said != call.outcome:
            self.wrong = f"answer: {call.action} {call.parameters}: {answer.body}, not {call.outcome}"
        elif call.said == "200":
            call.effect(self.book)
            if call.makes:
                self.book.ids[call.makes] = call.told(call.body)


class Series:
    """Rounds on one file; `program` is what serves it."""

    def __init__(self, database: Path, number: int, program: tuple[str, ...] = ("-m", "emulator")) -> None:
        self.database, self.number, self.program = database, number, program
        self.rng = random.Random(number)
        self.counts: Counter[str] = Counter()
        self.logged, self.moment = 0, EPOCH
        self.used: set[str] = set()
        self.answered: set[str] = set()
        self.workers: list[Worker] = []
        self._start()
        self.cloud.stand_still()
        self.workers = [Worker(number, at, key, self.cloud) for at, key in enumerate(KEYS)]
        self.logged = len(self.cloud.look("requests"))

    def _start(self) -> None:
        self.server = Server(self.database, program=self.program)
        self.cloud = Cloud(self.server.url)
        for worker in self.workers:
            worker.cloud = Cloud(self.server.url, worker.cloud.key)

    def end(self) -> None:
        """End the process, if it is there, and the connections to it."""
        self.server.end(kill=True)
        for cloud in (self.cloud, *(worker.cloud for worker in self.workers)):
            cloud.http.close()

    def round(self, number: int) -> None:
        """Load, kill, look at the file, restart, look at the world, and let time pass."""
        # Every fourth is killed while everything that has been begun falls due at once.
        at_rest = number % 4 == 3
        self._load(at_rest)
        moved = at_rest and self._kill_amid_time()
        self.end()
        hot, wrong = left(self.database)
        self.counts["killed within a commit"] += hot
        _none(wrong + [worker.wrong for worker in self.workers if worker.wrong])
        self._start()
        self._same(moved)
        self._pass(60.0)
        self._pass(HOUR - 60.0 - (self.moment - EPOCH) % HOUR)
        self.logged = len(self.cloud.look("requests"))
        self.counts["rounds"] += 1

    def _load(self, at_rest: bool) -> None:
        stop = threading.Event()
        enough, before = self.rng.randint(10, 160), sum(worker.replies for worker in self.workers)
        for worker in self.workers:
            worker.seen, worker.unseen, worker.client.later = [], None, stamp(self.moment + LATER)
        threads = [threading.Thread(target=worker.work, args=(stop,)) for worker in self.workers]
        for thread in threads:
            thread.start()
        while sum(worker.replies for worker in self.workers) < before + enough and any(
            thread.is_alive() for thread in threads
        ):
            time.sleep(0.0005)
        if not at_rest:
            # A call takes some milliseconds, so the kill meets another part of one each time.
            time.sleep(self.rng.uniform(0, 0.01))
            self.server.process.kill()
        stop.set()
        for thread in threads:
            thread.join()

    def _kill_amid_time(self) -> bool:
        """Kill while a minute passes; tell whether the reply was seen."""
        seen: list[bool] = []

        def advance() -> None:
            try:
                self.cloud.advance("PT1M")
                seen.append(True)
            except httpx.TransportError:
                self.counts["killed while time passed"] += 1

        thread = threading.Thread(target=advance)
        thread.start()
        time.sleep(self.rng.uniform(0.001, 0.03))
        self.server.process.kill()
        thread.join()
        return bool(seen)

    def _same(self, moved: bool) -> None:
        now = self.cloud.look("clock")["epoch"]
        if moved or now != self.moment:
            self._moved(60.0)
        if now != self.moment:
            raise Loss(f"lost: the clock shows {now}, not {self.moment}")
        log = self._log()
        state = self.cloud.look("state")
        for worker in self.workers:
            self._seen(worker, log)
            self._unseen(worker, state, log)
            self._compare(worker, state)
            self._once(worker)
            self._repeat(worker)
        self._found_by_index()

    def _log(self) -> dict[str, dict[str, Any]]:
        entries = self.cloud.look("requests")
        if [entry["n"] for entry in entries] != list(range(1, len(entries) + 1)):
            raise Loss("lost: the request log has a gap")
        if len(entries) < self.logged:
            raise Loss("lost: the request log is shorter than it was")
        fresh = [entry for entry in entries[self.logged :] if "OwnerAccount" in entry["parameters"]]
        found = {entry["parameters"]["OwnerAccount"]: entry for entry in fresh}
        if len(found) != len(fresh):
            raise Loss("twice: a call is in the request log twice")
        return found

    def _seen(self, worker: Worker, log: dict[str, dict[str, Any]]) -> None:
        place = 0
        for call in worker.seen:
            entry = log.get(call.marker)
            if entry is None:
                raise Loss(f"lost: {call.action} {call.marker} is not in the request log")
            outcome = "200" if entry["status"] == 200 else f"{entry['status']} {entry['code']}"
            if (entry["action"], outcome) != (call.action, call.said) or entry["n"] <= place:
                raise Loss(f"lost: {call.marker} was answered {call.said}, the request log has {entry}")
            place = entry["n"]
            self.counts["accepted" if call.said == "200" else "refused"] += 1

    def _unseen(self, worker: Worker, state: Any, log: dict[str, dict[str, Any]]) -> None:
        call = worker.unseen
        if call is None:
            return
        rows, ids = shown(state, worker.account)
        after = worker.book.copy()
        call.effect(after)
        entry = log.get(call.marker)
        happened = call.outcome == "200" and rows == after.rows != worker.book.rows
        if call.outcome == "200" and after.rows != worker.book.rows and happened != (entry is not None):
            raise Loss(f"half: {call.action} {call.marker}: in effect {happened}, in the log {entry}")
        self.counts["without a reply, in effect" if entry else "without a reply, not there"] += 1
        if entry and call.outcome == "200":
            worker.client.book = after
            if call.makes:
                after.ids[call.makes] = ids[call.makes]

    def _compare(self, worker: Worker, state: Any) -> None:
        rows, ids = shown(state, worker.account)
        for name in sorted({*rows, *worker.book.rows}):
            if rows.get(name) != worker.book.rows.get(name):
                raise Loss(f"lost: {name} is {rows.get(name)}, not {worker.book.rows.get(name)}")
        if any(ids[name] != identifier for name, identifier in worker.book.ids.items()):
            raise Loss("lost: an id is another one now")

    def _once(self, worker: Worker) -> None:
        made = [call.told(call.body) for call in worker.seen if call.makes and call.said == "200"]
        answers = [call.body["RequestId"] for call in worker.seen]
        if len({*made}) < len(made) or self.used & {*made} or self.answered & {*answers}:
            raise Loss(f"twice: an id among {made} was given before")
        self.used |= {*made}
        self.answered |= {*answers}

    def _repeat(self, worker: Worker) -> None:
        """Send calls with a ClientToken again, with a reply and without: each is done once in all."""
        spoken = [call for call in worker.seen if call.said == "200" and "ClientToken" in call.parameters]
        for call in spoken[-1:]:
            self._again(worker, call, call.told(call.body))
        if worker.unseen is not None and "ClientToken" in worker.unseen.parameters:
            self._again(worker, worker.unseen, worker.book.ids.get(worker.unseen.makes))

    def _again(self, worker: Worker, call: Call, before: str | None) -> None:
        answer = worker.cloud.call(call.action, call.parameters)
        if answer.status != 200:
            raise Loss(f"answer: {call.marker} repeated: {answer.body}")
        if before is None:
            call.effect(worker.book)
            worker.book.ids[call.makes] = call.told(answer.body)
        elif before != call.told(answer.body):
            raise Loss(f"twice: {call.marker} was done again")
        self.counts["repeated with its ClientToken"] += 1

    def _found_by_index(self) -> None:
        for worker in self.workers:
            for name, row in worker.book.rows.items():
                made = row["tags"].get("made")
                if made and row["kind"] == "instance":
                    found = worker.cloud.instances(**{"Tag.1.Key": "made", "Tag.1.Value": made})
                    if [one["InstanceName"] for one in found] != [name]:
                        raise Loss(f"half: {name} is not found by its tag: {found}")
                    break

    def _moved(self, seconds: float) -> None:
        self.moment += seconds
        for worker in self.workers:
            worker.book.settle(stamp(self.moment))

    def _pass(self, seconds: float) -> None:
        """Let time pass, and see that everything happens that was begun or scheduled."""
        self.cloud.control("clock", {"set": stamp(self.moment + seconds)})
        self._moved(seconds)
        state = self.cloud.look("state")
        for worker in self.workers:
            self._compare(worker, state)


def _none(wrong: list[str]) -> None:
    if wrong:
        raise Loss("; ".join(wrong))
