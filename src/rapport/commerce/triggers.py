"""The triggers that keep the sums of orders in step with the orders, whoever writes them.

A home page cannot add up a million orders each time it is shown (ADR 0007). So every statement that writes
orders also appends what it added or took away to `commerce_revenue`: by owner and team, since whoever asks
may see only some, and by span of time. Appending never waits for another transaction, as counting up one row
a month would.
"""

import pgtrigger

# In every time zone on earth (UTC-12 to UTC+14) an order placed far from the turn of a month belongs to the
# same month, so one row holds all of them. Near the turn the quarter of an hour is kept: zones differ by no
# less.
SPAN = """CASE WHEN date_trunc('month', placed_at - interval '12 hours', 'UTC')
       = date_trunc('month', placed_at + interval '14 hours', 'UTC')
  THEN date_trunc('month', placed_at, 'UTC') + interval '10 days'
  ELSE date_bin('15 minutes', placed_at, '2000-01-01 00:00+00') END"""
COLUMNS = "span_at, currency, owner_id, team_id, orders, total"


def _signed(rows: str, sign: str) -> str:
    """The orders of one transition table that count, each as one row of the ledger."""
    columns = f"{SPAN} AS span_at, currency, owner_id, team_id, {sign}1 AS orders, {sign}total AS total"
    return f"SELECT {columns} FROM {rows} WHERE archived_at IS NULL"  # noqa: S608


def _append(*signed: str) -> str:
    return f"""
INSERT INTO commerce_revenue ({COLUMNS})
SELECT span_at, currency, owner_id, team_id, sum(orders), sum(total)
FROM ({" UNION ALL ".join(signed)}) counted
GROUP BY span_at, currency, owner_id, team_id HAVING sum(orders) <> 0 OR sum(total) <> 0;
RETURN NULL;
"""  # noqa: S608


def keep_revenue() -> list[pgtrigger.Trigger]:
    """One trigger for each way of writing orders; PostgreSQL allows their row sets no other way."""
    came, went = _signed("new_rows", ""), _signed("old_rows", "-")
    return [
        _after(pgtrigger.Insert, "revenue_of_new", _append(came), new="new_rows"),
        _after(pgtrigger.Delete, "revenue_of_gone", _append(went), old="old_rows"),
        _after(pgtrigger.Update, "revenue_of_changed", _append(came, went), new="new_rows", old="old_rows"),
    ]


def _after(operation: pgtrigger.Operation, name: str, func: str, **tables: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**tables),  # type: ignore[no-untyped-call]
        func=func,
    )
