"""Import of order lines, making orders, products, customers on the way, against a bare COPY of them all."""

import argparse
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
from pyarrow import csv

from benchmarks import bench_home, importing, report
from benchmarks.report import Figure
from rapport.demo import generate
from rapport.demo.generate import Size

AT = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
TABLES = ("people_person", "commerce_product", "commerce_order", "commerce_orderline")


def make_file(rows: int) -> Path:
    """A CSV file of that many invoice lines: one row each, with the order's customer, day and channel."""
    orders = rows * 11 // 20 + 20
    shop = generate.web_shop(size=Size(max(orders // 5, 10), orders, 0), seed=1, at=AT)
    lines = shop.order_lines.slice(0, rows)
    heads = shop.orders.select(["external_id", "person", "channel", "currency"])
    products = shop.products.select(["external_id", "name"]).rename_columns(["product", "product_name"])
    whole = (
        lines.append_column("row", pa.array(range(lines.num_rows)))
        .join(heads, keys="order", right_keys="external_id")
        .join(products, keys="product")
        .sort_by("row")
        .drop_columns(["row"])
    )
    file = bench_home.file(f"order-lines-{rows}.csv")
    csv.write_csv(whole, file)
    return file


def measure(*, rows: int, turns: int) -> list[Figure]:
    """Import and COPY in turn; keeps the result."""
    bench_home.use_database("import")
    file = make_file(rows)
    found = importing.turns(target="order-lines", file=file, tables=TABLES, count=turns)
    file.unlink()
    figures = importing.figures("order lines", rows=rows, found=found)
    report.keep("import_order_lines", figures=figures, raw={"rows": rows, "turns": [asdict(turn) for turn in found]})
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--turns", type=int, default=3)
    chosen = parser.parse_args()
    report.show(measure(rows=chosen.rows, turns=chosen.turns))


if __name__ == "__main__":
    main()
