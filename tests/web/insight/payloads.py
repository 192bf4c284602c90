"""Answers of metrics in the agreed shapes, small and made up: what the pages are tried on."""

from typing import Any

AS_OF = "2026-11-21"


def head(metric: str, **more: Any) -> dict[str, Any]:
    """How every answer begins."""
    return {"metric": metric, "version": 1, "as_of": AS_OF, "currency": "VND", "problems": []} | more


def too_few(metric: str, have: int, need: int, of: str) -> dict[str, Any]:
    """An answer without numbers."""
    return head(metric, too_few={"have": have, "need": need, "of": of})


RFM = head(
    "rfm",
    customers=4_000,
    cut_points={
        "recency": [28.0, 95.0, 210.5, 402.0],
        "frequency": [1.0, 2.0, 4.0, 7.0],
        "money": [180_000.0, 420_000.0, 1_150_000.0, 3_400_000.0],
    },
    segments=[
        {"segment": code, "rule": "R = 5", "people": people, "share": people / 4_000, "money": money,
         "money_median": money / max(people, 1), "recency_median": recency, "purchases_median": 3.0}
        for code, people, money, recency in (
            ("champions", 610, 2_900e6, 12.0), ("loyal", 540, 1_800e6, 77.0), ("potential_loyalists", 480, 610e6, 31.0),
            ("new", 210, 55e6, 11.0), ("promising", 0, 0.0, None), ("need_attention", 330, 300e6, 140.0),
            ("about_to_sleep", 280, 70e6, 150.0), ("cannot_lose", 90, 700e6, 305.0), ("at_risk", 260, 420e6, 290.0),
            ("hibernating", 560, 210e6, 320.0), ("lost", 640, 150e6, 560.0),
        )
    ],
    grid=[
        {"r": r, "f": f, "people": 20 + (r * f * 17) % 290 + (200 if r == f else 0), "money": 1e6 * r * f * f}
        for r in range(1, 6)
        for f in range(1, 6)
        if (r, f) != (1, 5)
    ],
)  # fmt: skip

REPEAT = head(
    "repeat-purchase",
    customers=4_000,
    repeat_customers=2_480,
    repeat_rate=0.62,
    interval=[0.6048, 0.6349],
    purchases=18_200,
    gaps={"n": 14_200, "mean": 71.3, "median": 44.0, "p75": 96.0, "p90": 190.0},
    by_purchases=[{"purchases": n, "customers": round(1_520 / n**1.3)} for n in range(1, 24)],
)

REVENUE = head(
    "revenue",
    months=[
        {"month": f"{2025 + (11 + at) // 12}-{(11 + at) % 12 + 1:02d}", "first": 90e6 + 7e6 * (at % 4),
         "repeat": 380e6 + 21e6 * ((at * 5) % 7), "first_people": 140 + at, "repeat_people": 620 + 9 * at}
        for at in range(12)
    ],
    first=1_206e6,
    repeat=5_316e6,
)  # fmt: skip


def _cohort(number: int, months: int) -> dict[str, Any]:
    customers = 120 + (number * 37) % 90
    active = [customers] + [
        round(customers * (0.34 / (1 + 0.18 * at) + 0.01 * ((number + at) % 4))) for at in range(1, months)
    ]
    month = f"{2025 + (4 + number) // 12}-{(4 + number) % 12 + 1:02d}"
    return {"cohort": month, "customers": customers, "active": active, "share": [each / customers for each in active]}


COHORTS = head("cohorts", months=list(range(19)), matrix=[_cohort(number, 19 - number) for number in range(19)])

VALUE = head(
    "lifetime-value",
    model="pareto_nbd",
    unit="week",
    calibrate_until=AS_OF,
    customers=4_000,
    repeat_buyers=2_480,
    params={"r": 0.5533, "alpha": 10.578, "s": 0.6061, "beta": 11.6682},
    standard_errors={"r": 0.0476, "alpha": 0.841, "s": 0.187, "beta": 6.1},
    log_likelihood=-9594.976,
    identified=True,
    money={"p": 6.249, "q": 3.745, "v": 15.447, "standard_errors": {"p": 1.19, "q": 0.29, "v": 4.18},
           "log_likelihood": -4055.92, "customers": 2_480},
    backtest={
        "calibrate_until": "2026-05-23", "until": AS_OF, "weeks": 26.0, "customers": 3_700,
        "by_x": [
            {"x": x, "customers": max(1_400 - 200 * x, 20), "actual": 0.28 + 0.42 * x + 0.05 * (x % 3),
             "predicted": 0.25 + 0.44 * x, "naive": 0.58 * x}
            for x in range(12)
        ],
        "mae": 0.71, "mae_naive": 0.93, "total_actual": 5_210, "total_predicted": 5_034.2, "total_naive": 6_420.9,
    },
    horizon_weeks=52,
    discount_yearly=0.1,
    value={
        "total": 5_900e6, "mean": 1.475e6, "median": 410_000.0,
        "deciles": [{"decile": at + 1, "people": 400, "value": value} for at, value in
                    enumerate((2_946e6, 1_250e6, 700e6, 420e6, 260e6, 160e6, 90e6, 48e6, 21e6, 5e6))],
    },
)  # fmt: skip

PRODUCTS = (
    (1, "Cà phê rang xay Đắk Lắk 500 g"), (2, "Phin nhôm cỡ lớn"), (3, "Sữa đặc hộp 380 g"), (4, "Trà ô long 200 g"),
    (5, "Ấm sứ Bát Tràng"), (6, "Mật ong hoa cà phê 500 ml"), (7, "Bánh quy bơ hộp thiếc"),
    (8, "Hạt điều rang muối 300 g"),
)  # fmt: skip


def rule(first: int, second: int, count: int, lift: float) -> dict[str, Any]:
    """One rule between two of the products."""
    names = dict(PRODUCTS)
    return {
        "if": [names[first]], "then": [names[second]], "if_ids": [first], "then_ids": [second],
        "support": count / 9_800, "confidence": 0.12 + count / 2_000, "lift": lift, "count": count,
        "interval": [0.1 + count / 2_200, 0.15 + count / 1_900],
    }  # fmt: skip


AFFINITY = head(
    "affinity",
    baskets=9_800,
    support=0.006,
    confidence=0.25,
    rules=[
        rule(1, 2, 410, 2.9), rule(2, 1, 410, 2.9), rule(1, 3, 520, 2.4), rule(3, 1, 520, 2.4), rule(4, 5, 160, 4.1),
        rule(5, 4, 160, 4.1), rule(4, 6, 120, 1.8), rule(7, 8, 95, 1.6), rule(2, 3, 210, 1.9), rule(6, 8, 70, 1.4),
    ],
)  # fmt: skip

OFFERS = head(
    "next-offers",
    hold_out={"since": "2026-08-23", "until": AS_OF, "people": 1_310},
    served=True,
    hit_rates={
        "all": {"ours": 0.42, "baseline": 0.37, "buy_again": 0.33, "popularity": 0.14},
        "repeats": {"ours": 0.55, "baseline": 0.52, "buy_again": 0.5, "popularity": 0.1},
        "new": {"ours": 0.19, "baseline": 0.12, "buy_again": 0.0, "popularity": 0.12},
    },
    served_parts={"repeats": True, "new": True},
    gain={"all": {"difference": 0.05, "interval": [0.021, 0.079], "people": 1_310}},
    examples=[],
)

DUE = head(
    "due",
    totals={"due_now": 382, "overdue": 141},
    intervals=[
        {"product_id": pk, "product": name, "people": 300 - 31 * at, "median_days": 30.0 + 4 * at, "p25": 21.0 + at,
         "p75": 46.0 + 5 * at, "due_now": max(92 - 13 * at, 0)}
        for at, (pk, name) in enumerate(PRODUCTS)
    ],
)  # fmt: skip

UP_SELL = head(
    "up-sell",
    steps=[
        {"from_id": 3, "from": "Sữa đặc hộp 380 g", "to_id": 6, "to": "Mật ong hoa cà phê 500 ml",
         "category": "Thực phẩm", "people": 64, "bought": 489, "share": 0.131, "interval": [0.104, 0.164],
         "median_days": 52.0},
        {"from_id": 4, "from": "Trà ô long 200 g", "to_id": 5, "to": "Ấm sứ Bát Tràng", "category": "Trà",
         "people": 41, "bought": 436, "share": 0.094, "interval": [0.07, 0.125], "median_days": 88.0},
    ],
)  # fmt: skip


def series(kind: str, key: Any, name: str, change: float, *, flagged: bool) -> dict[str, Any]:
    """One trend over two years."""
    points = [
        {
            "month": f"{2024 + (11 + at) // 12}-{(11 + at) % 12 + 1:02d}-01",
            "value": round(140 * (1 + change) ** at + 9 * (at % 5)),
        }
        for at in range(24)
    ]
    interval = [change - 0.011, change + 0.011] if flagged else [change - 0.04, change + 0.04]
    return {"kind": kind, "id": key, "name": name, "level": 144.0, "change": change, "change_interval": interval,
            "season": None, "flagged": flagged, "points": points}  # fmt: skip


TRENDS = head(
    "trends",
    series=[
        series("category", None, "Cà phê", 0.024, flagged=True),
        series("category", None, "Trà", -0.031, flagged=True),
        series("product", 1, "Cà phê rang xay Đắk Lắk 500 g", 0.012, flagged=False),
        series("segment", "champions", "champions", 0.004, flagged=False),
    ],
)

ALL = (RFM, REPEAT, REVENUE, COHORTS, VALUE, AFFINITY, OFFERS, DUE, UP_SELL, TRENDS)
