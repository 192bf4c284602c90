"""The fact tables as expressions over one engine."""

from dataclasses import dataclass

import ibis.expr.types as ir


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Every fact table of `lake.tables`, bound to one engine.

    `currency` is the installation's own, in which `purchases.in_own_currency` tells money.
    """

    people: ir.Table
    companies: ir.Table
    products: ir.Table
    orders: ir.Table
    order_lines: ir.Table
    interactions: ir.Table
    pipelines: ir.Table
    stages: ir.Table
    probability_changes: ir.Table
    deals: ir.Table
    stage_changes: ir.Table
    deal_changes: ir.Table
    deal_contacts: ir.Table
    deal_people: ir.Table
    rates: ir.Table
    currency: str
