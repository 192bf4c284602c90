"""The board of deals over HTTP: 10,000 open deals of 100,000, while twenty people look at it and move cards."""

import argparse
import random
from collections.abc import Iterator
from typing import Any

import psycopg

from benchmarks import bench_home, report, serving
from benchmarks.over_http import SECONDS_BETWEEN, USERS, Answer, Load, Request
from benchmarks.report import Figure, percentile

BOARD_WANTED, MOVE_WANTED = 0.200, 0.050
OPEN_STAGES = 6
COMPANIES = 5_000
KINDS = {"board": BOARD_WANTED, "filtered board": BOARD_WANTED, "further cards": BOARD_WANTED, "move": MOVE_WANTED}

FILL = """
INSERT INTO identity_team (name) SELECT 'Team ' || n FROM generate_series(1, 4) n;
INSERT INTO identity_user (email, password, full_name, role, is_active, joined_at, team_id,
                           language, theme)
SELECT 'seller' || n || '@example.com', '', 'Seller ' || n, 'seller', true, now(),
       (SELECT min(id) FROM identity_team) + n % 4, '', ''
FROM generate_series(1, 20) n;
INSERT INTO people_company (name, sort_name, search_text, source, tax_id, domain, industry, province, country)
SELECT 'Company ' || n, 'company ' || n, 'company ' || n, '', '', '', '', '', ''
FROM generate_series(1, %(companies)s) n;
INSERT INTO deals_pipeline (name, position) VALUES ('Board', 0);
INSERT INTO deals_stage (pipeline_id, name, position, status, probability, expected_days)
SELECT p.id, CASE n WHEN 6 THEN 'Won' WHEN 7 THEN 'Lost' ELSE 'Stage ' || n END, n,
       CASE n WHEN 6 THEN 'won' WHEN 7 THEN 'lost' ELSE 'open' END,
       CASE n WHEN 6 THEN 100 WHEN 7 THEN 0 ELSE 10 + 12 * n END, CASE WHEN n < 6 THEN 10 + 3 * n END
FROM deals_pipeline p, generate_series(0, 7) n;
INSERT INTO deals_deal (name, sort_name, search_text, source, company_id, pipeline_id, stage_id, amount, currency,
                        created_at, recorded_at, updated_at, expected_close_on, closed_at, owner_id, team_id)
SELECT 'Deal ' || n, 'deal ' || n, 'deal ' || n, '', (SELECT min(id) FROM people_company) + n % %(companies)s,
       s.pipeline_id, s.id,
       CASE WHEN n % 17 > 0 THEN 1000000 * (1 + n % 900) END, CASE WHEN n % 11 = 0 THEN 'USD' ELSE 'VND' END,
       came_up, came_up, came_up, CASE WHEN n % 5 > 0 THEN (now() + (n % 120 - 20) * interval '1 day')::date END,
       CASE WHEN s.status <> 'open' THEN came_up + (n % 60 + 6) * interval '1 day' END,
       u.id, u.team_id
FROM (SELECT n, CASE WHEN n % 10 = 0 THEN n / 10 % 6 ELSE 6 + n % 2 END AS place,
             now() - (CASE WHEN n % 10 = 0 THEN 60 + n % 40 ELSE 70 + n % 900 END) * interval '1 day' AS came_up
      FROM generate_series(1, %(deals)s) n) d
JOIN deals_stage s ON s.position = d.place
JOIN (SELECT id, team_id, row_number() OVER (ORDER BY id) AS place FROM identity_user WHERE role = 'seller') u
  ON u.place = 1 + n % 20;
INSERT INTO deals_stagechange (deal_id, from_stage_id, to_stage_id, at, reason, inferred)
SELECT d.id, lag(s.id) OVER w, s.id,
       CASE WHEN s.id = d.stage_id AND d.closed_at IS NOT NULL THEN d.closed_at
            ELSE d.created_at + n * (1 + d.id % 9) * interval '1 day' END, '', false
FROM deals_deal d
CROSS JOIN generate_series(0, 5) n
JOIN deals_stage s ON s.id = CASE WHEN n = 5 THEN d.stage_id
                                  ELSE (SELECT id FROM deals_stage WHERE position = (n + d.id) % 6) END
WINDOW w AS (PARTITION BY d.id ORDER BY n);
"""


def fill(*, deals: int) -> None:
    """Deals with six changes of stage each, one in ten of them open, unless they are there already."""
    with bench_home.connect() as connection:
        known = connection.execute("SELECT count(*) FROM deals_deal").fetchone()
        if known and known[0] >= deals:
            return
        # Only numbers go into the text, which is a constant of this file.
        query = FILL.replace("%(deals)s", str(int(deals))).replace("%(companies)s", str(COMPANIES))
        with connection.transaction():
            connection.execute(query.encode())
        connection.execute("VACUUM (ANALYZE)")


def requests(seed: int, *, token: str) -> Iterator[Request]:
    """An endless mix: half looks at the board, half moves of cards, each card once in a round."""
    draw = random.Random(seed)
    with bench_home.connect() as connection:
        stages = [row[0] for row in connection.execute("SELECT id FROM deals_stage WHERE status = 'open' ORDER BY id")]
        owners = [row[0] for row in connection.execute("SELECT DISTINCT owner_id FROM deals_deal")]
        teams = [row[0] for row in connection.execute("SELECT DISTINCT team_id FROM deals_deal")]
        cards = _open_deals(connection, stages)
    draw.shuffle(cards)
    while True:
        for place, (deal, stage, version) in enumerate(cards):
            if draw.random() < 0.5:
                yield _look(draw, stages=stages, owners=owners, teams=teams)
            to = stages[(stages.index(stage) + 1) % len(stages)]
            cards[place] = (deal, to, version + 1)
            form = {"to": to, "version": version, "dragged": 1, "csrfmiddlewaretoken": token}
            yield Request("move", f"/deals/{deal}/move/", partial=True, form=form)


def _open_deals(connection: psycopg.Connection, stages: list[int]) -> list[tuple[int, int, int]]:
    found = connection.execute("SELECT id, stage_id, version FROM deals_deal WHERE stage_id = ANY(%s)", (stages,))
    return [(row[0], row[1], row[2]) for row in found]


def _look(draw: random.Random, *, stages: list[int], owners: list[int], teams: list[int]) -> Request:
    """The whole board, the board of an owner or team, or the second page of a column."""
    kind = draw.choice(["board", "board", "filtered board", "further cards"])
    asked: dict[str, Any] = {"board": ["", "?sort=-worth", "?sort=waiting"],
             "filtered board": [f"?owner={draw.choice(owners)}", f"?team={draw.choice(teams)}", "?rotting=on"],
             "further cards": [f"?column={draw.choice(stages)}&sort=-arrival"]}  # fmt: skip
    return Request(kind, "/deals/board/" + draw.choice(asked[kind]), partial=kind != "board")


def measure(*, deals: int, seconds: float) -> list[Figure]:
    """Fill, serve, ask; keeps the result."""
    bench_home.use_database("board")
    fill(deals=deals)
    with serving.served() as running:
        cookie = serving.signed_in(running)
        token = dict(part.split("=", 1) for part in cookie.split("; ")).get("csrftoken", "")
        load = Load(port=running.port, cookie=cookie)
        asked = requests(1, token=token)
        load.run(rate=5, seconds=min(10, seconds), asked=asked)
        answers = load.run(rate=USERS / SECONDS_BETWEEN, seconds=seconds, asked=asked)
    figures = _figures(deals, answers)
    report.keep("board", figures=figures, raw={"deals": deals, "answers": [vars(answer) for answer in answers]})
    return figures


def _figures(deals: int, answers: list[Answer]) -> list[Figure]:
    found = []
    for kind, wanted in KINDS.items():
        times = [answer.seconds for answer in answers if answer.kind == kind]
        failed = sum(answer.status != 200 for answer in answers if answer.kind == kind)
        p95, p50 = percentile(times, 0.95), percentile(times, 0.5)
        words = f"p95 {p95 * 1000:.0f} ms, median {p50 * 1000:.0f} ms" + (f", {failed} failed" if failed else "")
        name = f"{kind}, {deals // 10:,} open of {deals:,} deals, 20 at work (n = {len(times)})"
        found.append(Figure(name, words, f"p95 ≤ {wanted * 1000:.0f} ms", p95 <= wanted and not failed))
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deals", type=int, default=100_000, help="Deals, a tenth of them open.")
    parser.add_argument("--seconds", type=float, default=60, help="How long twenty people work.")
    chosen = parser.parse_args()
    report.show(measure(deals=chosen.deals, seconds=chosen.seconds))


if __name__ == "__main__":
    main()
