"""Pages over HTTP at a million people: twenty people at work, then the highest rate that is still quick."""

import argparse
import http.client
import random
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import quote, urlencode

from benchmarks import bench_home, report, serving
from benchmarks.report import Figure, percentile
from rapport.core.paging import encode
from rapport.core.text import fold

USERS, SECONDS_BETWEEN = 20, 2.0
WANTED = 0.100
KINDS = ("list", "filtered list", "search", "person page")
STEPS = (15, 20, 30, 40, 50, 60, 80, 100, 120, 150, 180, 220)
SENDERS = 48


@dataclass(frozen=True)
class Request:
    """One address to ask for, and what kind of page it is; with a form something is sent there."""

    kind: str
    path: str
    partial: bool = False
    form: dict[str, Any] | None = None


@dataclass(frozen=True)
class Answer:
    """When an answer was due, how long it took from then, in seconds, and its status."""

    kind: str
    seconds: float
    status: int


@dataclass(frozen=True)
class Known:
    """What the people at work may ask for: persons drawn at random, and the values of the filters."""

    persons: list[tuple[Any, ...]]
    provinces: list[str]
    sources: list[str]
    tags: list[str]


def known(draw: random.Random) -> Known:
    """Draw two thousand persons, and read the values of the filters from them."""
    with bench_home.connect() as connection:
        low, high = connection.execute("SELECT min(id), max(id) FROM people_person").fetchone() or (0, 0)
        persons = connection.execute(
            "SELECT id, full_name, email, phone, external_id, sort_name, province, source, tags"
            " FROM people_person WHERE id = ANY(%s)",
            ([draw.randint(low, high) for _ in range(2_000)],),
        ).fetchall()
    draw.shuffle(persons)
    return Known(
        persons=persons,
        provinces=sorted({row[6] for row in persons if row[6]}),
        sources=sorted({row[7] for row in persons if row[7]}),
        tags=sorted({tag for row in persons for tag in row[8]}),
    )


def requests(seed: int) -> Iterator[Request]:
    """An endless mix of the four kinds of page, in equal parts."""
    draw = random.Random(seed)
    given = known(draw)
    while True:
        for person in given.persons:
            yield _request(draw, person, given)


def _request(draw: random.Random, person: tuple[Any, ...], given: Known) -> Request:
    """What one of the people at work asks for next."""
    pk, name, email, phone, code, sort_name, *_rest = person
    kind = draw.choice(KINDS)
    if kind == "list":
        further = f"?cursor={encode(sort_name, pk)}"
        return Request(kind, "/people/" + draw.choice(["", "?sort=-name", "?sort=-arrival", further]))
    if kind == "filtered list":
        asked = {
            "province": draw.choice(given.provinces),
            "source": draw.choice(given.sources),
            "tag": draw.choice(given.tags),
        }
        chosen = draw.sample(sorted(asked), draw.choice([1, 1, 2]))
        return Request(kind, "/people/?" + urlencode({name: asked[name] for name in chosen}))
    if kind == "person page":
        return Request(kind, f"/people/{pk}/")
    words = [fold(name), " ".join(name.split()[-2:]), email, phone and "0" + phone[3:], code]
    return Request(kind, f"/search/?q={quote(draw.choice([word for word in words if word]))}", partial=True)


class Load:
    """Requests sent when they are due, whatever the earlier ones do; a late start counts as waiting."""

    def __init__(self, *, port: int, cookie: str) -> None:
        self.port, self.cookie = port, cookie
        self.answers: list[Answer] = []
        self._due: SimpleQueue[tuple[float, Request] | None] = SimpleQueue()

    def run(self, *, rate: float, seconds: float, asked: Iterator[Request]) -> list[Answer]:
        """Send at an even rate for so long; every answer."""
        self.answers = []
        senders = [threading.Thread(target=self._send, daemon=True) for _ in range(SENDERS)]
        for sender in senders:
            sender.start()
        begun = time.perf_counter()
        for place in range(int(rate * seconds)):
            due = begun + place / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            self._due.put((due, next(asked)))
        for _ in senders:
            self._due.put(None)
        for sender in senders:
            sender.join(timeout=30)
        self._forget()
        return self.answers

    def _forget(self) -> None:
        """Drop what was left unsent."""
        while True:
            try:
                self._due.get_nowait()
            except Empty:
                return

    def _send(self) -> None:
        """Answer after answer over one kept connection, until there is no more."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while (item := self._due.get()) is not None:
            due, request = item
            head = {"Cookie": self.cookie, "Accept-Encoding": "gzip", "Accept-Language": "vi"}
            if request.partial:
                head["HX-Request"] = "true"
            body = None
            if request.form is not None:
                body = urlencode(request.form)
                head["Content-Type"] = "application/x-www-form-urlencoded"
                head["HX-Current-URL"] = f"http://127.0.0.1:{self.port}/deals/board/"
            try:
                connection.request("POST" if body else "GET", request.path, body=body, headers=head)
                response = connection.getresponse()
                response.read()
                status = response.status
            except (OSError, http.client.HTTPException):
                status = 0
                connection.close()
            self.answers.append(Answer(request.kind, time.perf_counter() - due, status))
        connection.close()


def is_quick(answers: Sequence[Answer]) -> bool:
    """Whether all were answered well and 95 of 100 within the wanted time."""
    if not answers or any(answer.status != 200 for answer in answers):
        return False
    return percentile([answer.seconds for answer in answers], 0.95) <= WANTED


def highest_rate(load: Load, *, seconds: float, asked: Iterator[Request]) -> tuple[float, list[dict[str, Any]]]:
    """The highest of a row of rates, then of the half-way ones, at which pages are still quick."""
    tried: list[dict[str, Any]] = []

    def holds(rate: float) -> bool:
        answers = load.run(rate=rate, seconds=seconds, asked=asked)
        p95 = percentile([answer.seconds for answer in answers], 0.95) if answers else None
        tried.append({"rate": rate, "p95": p95, "failed": sum(a.status != 200 for a in answers)})
        time.sleep(2)
        return is_quick(answers)

    best, too_much = 0.0, 0.0
    for rate in STEPS:
        if not holds(rate):
            too_much = rate
            break
        best = rate
    for _ in range(2 if too_much else 0):
        between = (best + too_much) / 2
        best, too_much = (between, too_much) if holds(between) else (best, between)
    return best, tried


def measure(*, rows: int, seconds: float) -> list[Figure]:
    """Fill, serve, ask; keeps the result."""
    bench_home.use_database("pages")
    filled = serving.fill(people=rows, orders=rows * 3, interactions=rows)
    with serving.served() as running:
        asked = requests(seed=1)
        load = Load(port=running.port, cookie=serving.signed_in(running))
        load.run(rate=5, seconds=min(10, seconds), asked=asked)
        answers = load.run(rate=USERS / SECONDS_BETWEEN, seconds=seconds, asked=asked)
        best, tried = highest_rate(load, seconds=min(15, seconds), asked=asked)
        memory = running.memory
    figures = _figures(rows, answers) + _more_figures(best, memory, filled)
    raw = {"rows": rows, "filled_seconds": filled, "rates": tried, "answers": [vars(a) for a in answers]}
    report.keep("over_http", figures=figures, raw=raw)
    return figures


def _figures(rows: int, answers: Sequence[Answer]) -> list[Figure]:
    found = []
    for kind in KINDS:
        times = [answer.seconds for answer in answers if answer.kind == kind]
        failed = sum(answer.status != 200 for answer in answers if answer.kind == kind)
        p95, p50 = percentile(times, 0.95), percentile(times, 0.5)
        words = f"p95 {p95 * 1000:.0f} ms, median {p50 * 1000:.0f} ms" + (f", {failed} failed" if failed else "")
        name = f"{kind} at {rows:,} people, 20 at work (n = {len(times)})"
        found.append(Figure(name, words, "p95 ≤ 100 ms", p95 <= WANTED and not failed))
    return found


def _more_figures(best: float, memory: serving.Memory, filled: float | None) -> list[Figure]:
    people = best * SECONDS_BETWEEN
    found = [
        Figure("highest rate with p95 ≤ 100 ms", f"{best:.0f} requests/s ({people:.0f} people at work)"),
        Figure("peak memory: web processes", f"{memory.web / 2**20:,.0f} MB"),
        Figure("peak memory: worker", f"{memory.worker / 2**20:,.0f} MB"),
    ]
    if filled is not None:
        found.append(Figure("loading the demo company of that size", f"{filled:.0f} s"))
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="People; thrice as many orders.")
    parser.add_argument("--seconds", type=float, default=60, help="How long twenty people work.")
    chosen = parser.parse_args()
    report.show(measure(rows=chosen.rows, seconds=chosen.seconds))


if __name__ == "__main__":
    main()
