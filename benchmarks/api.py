"""Bulk upsert over HTTP: one client sends people, 1,000 a call; how fast, and whether the memory stays flat."""

import argparse
import http.client
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

from benchmarks import bench_home, report, serving
from benchmarks.report import Figure, percentile

ROWS_A_CALL, WANTED = 1_000, 5_000
FLAT = 1.10
AGAIN = 50
PROVINCES = ("Hà Nội", "Đà Nẵng", "Cần Thơ", "Lâm Đồng", "Quảng Ninh")
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ")
GIVEN = ("An", "Bình", "Châu", "Dũng", "Giang", "Hạnh", "Khánh", "Linh", "Minh", "Ngọc", "Phúc", "Thảo")
MAKE = """
from datetime import timedelta
import rapport.cli.django_setup
from rapport.core import clock
from rapport.identity.models import User
from rapport.identity.tokens import make_token
user, _ = User.objects.get_or_create(email="bench@example.com", defaults={"full_name": "Bench", "role": "manager"})
print(make_token(user=user, name="bench", scopes=["people:write"], lasts=timedelta(days=1), at=clock.now()).text)
"""


def calls(rows: int) -> Iterator[bytes]:
    """The bodies of all calls: people with an id, a name, an e-mail, a phone, a province, a tag, a birthday."""
    for start in range(0, rows, ROWS_A_CALL):
        people = [_person(number) for number in range(start, min(start + ROWS_A_CALL, rows))]
        yield json.dumps({"rows": people}, ensure_ascii=False).encode()


def _person(number: int) -> dict[str, Any]:
    family, given = FAMILY[number % len(FAMILY)], GIVEN[number // 10 % len(GIVEN)]
    return {
        "external_id": f"P{number}",
        "full_name": f"{family} {GIVEN[number // 120 % len(GIVEN)]} {given}",
        "email": f"person.{number}@example.com",
        "phone": f"09{number % 100_000_000:08d}",
        "province": PROVINCES[number % len(PROVINCES)],
        "birthday": f"{1960 + number % 45}-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        "tags": ["bench", f"group {number % 7}"],
        "source": "api",
    }


class Client:
    """One client over one kept connection; notes how long each call took."""

    def __init__(self, *, port: int, token: str) -> None:
        self.seconds: list[float] = []
        self._head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def send(self, body: bytes) -> dict[str, Any]:
        """One call; exits with the answer where it is not a good one, and waits where the minute is used up."""
        begun = time.perf_counter()
        while True:
            self._connection.request("POST", "/api/v1/people/upsert", body=body, headers=self._head)
            response = self._connection.getresponse()
            text = response.read()
            if response.status != 429:
                break
            time.sleep(int(response.headers["Retry-After"]))
        if response.status != 200:
            sys.exit(f"{response.status}: {text[:500].decode()}")
        self.seconds.append(time.perf_counter() - begun)
        found: dict[str, Any] = json.loads(text)
        return found


def measure(*, rows: int, port: int = serving.PORT) -> list[Figure]:
    """Send all rows as new ones, then the first calls once more; keeps the result."""
    bench_home.use_database("api")
    with bench_home.connect() as connection:
        bench_home.clear(connection)
    token = bench_home.python(MAKE).strip()
    with serving.served(port) as running:
        client = Client(port=running.port, token=token)
        marks: list[int] = []
        begun = time.perf_counter()
        for number, body in enumerate(calls(rows)):
            told = client.send(body)
            assert told["created"] == len(told["rows"]), told
            if number * 10 % (rows // ROWS_A_CALL) == 0:
                marks.append(running.memory.web)
        new = time.perf_counter() - begun
        firsts, client.seconds = client.seconds, []
        repeated = min(AGAIN * ROWS_A_CALL, rows)
        for body in calls(repeated):
            assert client.send(body)["unchanged"] == ROWS_A_CALL
        again, peak = sum(client.seconds), running.memory.web
    early = marks[1] if len(marks) > 1 else peak
    figures = [
        Figure(
            f"bulk upsert over HTTP, {rows:,} new people, one client",
            f"{rows / new:,.0f} people/s (a call of 1,000: p95 {percentile(firsts, 0.95) * 1000:.0f} ms)",
            f"≥ {WANTED:,}/s",
            rows / new >= WANTED,
        ),
        Figure(f"the same people again, unchanged ({repeated:,})", f"{repeated / again:,.0f} people/s"),
        Figure(
            "peak memory of the web processes, after a tenth and at the end",
            f"{early / 2**20:,.0f} MB, {peak / 2**20:,.0f} MB",
            "flat",
            peak <= early * FLAT,
        ),
    ]
    raw = {"rows": rows, "seconds": new, "memory": marks, "calls": firsts}
    report.keep("api", figures=figures, raw=raw)
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="People.")
    parser.add_argument("--port", type=int, default=serving.PORT)
    chosen = parser.parse_args()
    report.show(measure(rows=chosen.rows, port=chosen.port))


if __name__ == "__main__":
    main()
