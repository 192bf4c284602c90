"""One thing computed in a process of its own, by us or by a library that does the same, from the lake's Parquet files.

    python -m benchmarks.peers NAME

Prints the seconds of each part, and the most memory it held, as JSON. The others' libraries come with
`pip install rapport-crm[bench]`.
"""

import importlib
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa

from benchmarks.shop import UNTIL
from rapport.analytics import affinity, purchases, rfm
from rapport.analytics.facts import Facts
from rapport.analytics.forecasting import counts, models
from rapport.analytics.forecasting.maximum_likelihood import Fit
from rapport.config import home
from rapport.insight.measuring import measured
from rapport.lake import engines
from rapport.lake.store import Lake

WEEKS = 52
SUPPORT, CONFIDENCE = 0.001, 0.1
Seconds = dict[str, float]


def part(seconds: Seconds, name: str, do: Callable[[], Any]) -> Any:
    """Do it, and note how long it took."""
    began = time.perf_counter()
    found = do()
    seconds[name] = round(time.perf_counter() - began, 3)
    return found


def lake() -> Lake:
    """The lake of the benchmarks."""
    return Lake(home.path() / "lake")


def files(table: str) -> list[str]:
    """The files of a fact table."""
    return [str(path) for path in lake().files(table)]


def ours_rfm(seconds: Seconds) -> None:
    """Purchase days, recency, frequency, money, scores and segments."""
    with engines.open(engines.DUCKDB, lake(), currency="VND") as facts:

        def scored() -> None:
            days = purchases.read(facts, as_of=UNTIL, keep=engines.kept).days
            engines.kept(rfm.traits(days, as_of=UNTIL, keep=engines.kept))

        part(seconds, "all", scored)


def floor_rfm(seconds: Seconds) -> None:
    """A plain group-by over the same files."""
    engine = duckdb.connect()
    asked = "SELECT person_id, max(placed_on), count(DISTINCT placed_on), sum(total) FROM read_parquet(?) GROUP BY 1"
    part(seconds, "all", lambda: engine.execute(f"CREATE TABLE found AS {asked}", [files("orders")]))


def ours_forecast(seconds: Seconds) -> None:
    """BG/NBD: counted, fitted, expected purchases of each, and nothing that lifetimes is not asked for."""
    with engines.open(engines.DUCKDB, lake(), currency="VND") as facts:
        people, groups = part(seconds, "summary", lambda: _counted(facts))
        found = part(seconds, "fit", lambda: models.fit("bg_nbd", groups))
        part(seconds, "predict", lambda: engines.kept(_expected(found, people, groups)))


def _counted(facts: Facts) -> tuple[ir.Table, counts.Counts]:
    days = purchases.read(facts, as_of=UNTIL, keep=engines.kept).days
    people = engines.kept(counts.by_person(days, until=UNTIL))
    return people, counts.counted(people)


def _expected(found: Fit, people: ir.Table, groups: counts.Counts) -> ir.Table:
    expected = models.expected_purchases(found, groups, weeks=WEEKS)
    each = {"x": groups.x, "last": groups.last, "age": groups.age, "expected": expected}
    return people.join(ibis.memtable(pa.table(each)), ["x", "last", "age"]).select("person_id", "expected")


def lifetimes(seconds: Seconds) -> None:
    """The same by lifetimes."""
    library = importlib.import_module("lifetimes")
    utils = importlib.import_module("lifetimes.utils")
    orders = duckdb.execute("SELECT person_id, placed_on FROM read_parquet(?)", [files("orders")]).df()
    summary = part(
        seconds,
        "summary",
        lambda: utils.summary_data_from_transaction_data(
            orders, "person_id", "placed_on", observation_period_end=UNTIL, freq="W"
        ),
    )
    fitter = library.BetaGeoFitter()
    given = [summary[name] for name in ("frequency", "recency", "T")]
    part(seconds, "fit", lambda: fitter.fit(*given))
    part(seconds, "predict", lambda: fitter.conditional_expected_number_of_purchases_up_to_time(WEEKS, *given))


def ours_rules(seconds: Seconds) -> None:
    """Association rules."""
    with engines.open(engines.DUCKDB, lake(), currency="VND") as facts:
        packed = part(seconds, "read", lambda: affinity.baskets(facts, as_of=UNTIL))
        found = part(seconds, "rules", lambda: affinity.rules(packed, support=SUPPORT, confidence=CONFIDENCE))
    seconds["found"] = len(found.rules)


def _one_hot() -> Any:
    """A sparse table of baskets and products, as both libraries take it."""
    pandas, sparse = importlib.import_module("pandas"), importlib.import_module("scipy.sparse")
    lines = duckdb.execute("SELECT order_id, product_id FROM read_parquet(?)", [files("order_lines")]).df()
    orders, _ = pandas.factorize(lines.order_id)
    products, names = pandas.factorize(lines.product_id)
    ones = pandas.Series(True, index=lines.index).to_numpy()
    matrix = sparse.csr_matrix((ones, (orders, products)))
    return pandas.DataFrame.sparse.from_spmatrix(matrix, columns=[str(name) for name in names])


def _library_rules(seconds: Seconds, fpgrowth: Any, association_rules: Any) -> None:
    table = part(seconds, "read", _one_hot)
    sets = part(seconds, "sets", lambda: fpgrowth(table, min_support=SUPPORT, use_colnames=True))
    count = {"num_itemsets": table.shape[0]}
    rules = part(
        seconds, "rules", lambda: association_rules(sets, metric="confidence", min_threshold=CONFIDENCE, **count)
    )
    seconds["found"] = int((rules["consequents"].map(len) == 1).sum())


def mlxtend(seconds: Seconds) -> None:
    """The same by mlxtend."""
    library = importlib.import_module("mlxtend.frequent_patterns")
    _library_rules(seconds, library.fpgrowth, library.association_rules)


def rusket(seconds: Seconds) -> None:
    """The same by rusket, from the lines themselves."""
    library = importlib.import_module("rusket")

    def read() -> Any:
        return duckdb.execute("SELECT order_id, product_id FROM read_parquet(?)", [files("order_lines")]).df()

    lines = part(seconds, "read", read)
    table = part(seconds, "table", lambda: library.from_transactions(lines, "order_id", "product_id"))
    sets = part(seconds, "sets", lambda: library.fpgrowth(table, min_support=SUPPORT))
    rules = part(
        seconds,
        "rules",
        lambda: library.association_rules(
            sets, num_itemsets=table.shape[0], metric="confidence", min_threshold=CONFIDENCE
        ),
    )
    seconds["found"] = int((rules["consequents"].map(len) == 1).sum())


JOBS = {job.__name__: job for job in (ours_rfm, floor_rfm, ours_forecast, lifetimes, ours_rules, mlxtend, rusket)}


def main() -> None:
    """Do the one that is named; exit code 3 where its library is not installed."""
    seconds: Seconds = {}
    try:
        # What the kernel says of a process begins with what its parent held; so it is looked at here.
        with measured() as found:
            JOBS[sys.argv[1]](seconds)
    except ModuleNotFoundError as error:
        sys.stderr.write(f"{error.name} is not installed: pip install rapport-crm[bench]\n")
        sys.exit(3)
    print(json.dumps({"seconds": seconds, "memory": found.peak_memory}))


if __name__ == "__main__":
    main()
