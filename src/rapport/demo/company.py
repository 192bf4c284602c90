"""Writing the demo company into an empty installation."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rapport.core import audit
from rapport.core.acting import Through, acting
from rapport.core.errors import RapportError
from rapport.core.models import AuditEntry
from rapport.demo import (
    advice,
    committees,
    corrections,
    criteria,
    daily_lists,
    generate,
    network,
    own_fields,
    process,
    quotes,
    records,
    twice,
)
from rapport.demo.generate import Size
from rapport.identity import queries
from rapport.identity.models import User
from rapport.imports import engine
from rapport.imports.mapping import Mapping
from rapport.people.models import Company, Person

SEED = 2026
# Beyond this many people, touching every row once more would cost too much: they came at the load, and nobody
# is named as having answered the shop's calls.
FINISHED_UP_TO = 200_000
BEGUN, LOADED = "demo.begun", "demo.loaded"
SCRATCH = Path(settings.HOME) / "imports"
# How far a table is when each step of the engine begins.
STAGES = {"reading": 0.0, "checking": 0.2, "staging": 0.4, "linking": 0.5, "writing": 0.6}
Progress = Callable[[float], None]


class NotTaken(Exception):
    """The import refused rows of the demo: an error in our own code."""


@dataclass(frozen=True)
class Step:
    """One table to load: the import's target, the rows, and its share of the whole work."""

    target: str
    rows: pa.Table
    weight: float


class NotEmpty(RapportError):
    """Real records are never mixed with synthetic ones."""


def load_if_empty(*, at: datetime, progress: Progress = lambda _share: None) -> bool:
    """Load the demo company where nobody is known, or finish a load that was cut off; says whether it did."""
    try:
        load_into_empty(size=Size(), at=at, progress=progress)
    except NotEmpty:
        return False
    return True


def load_into_empty(
    *, size: Size, seed: int = SEED, at: datetime, progress: Progress = lambda _share: None
) -> dict[str, int]:
    """Load the demo company; one that was cut off is finished as it was begun. Raises NotEmpty."""
    begun = AuditEntry.objects.filter(code=BEGUN).order_by("-pk").first()
    if begun is None and (Person.objects.exists() or Company.objects.exists()):
        raise NotEmpty(_("There are records already; the demo company goes into an empty installation."))
    if AuditEntry.objects.filter(code=LOADED).exists():
        raise NotEmpty(_("The demo company is loaded already."))
    if begun is None:
        return load(size=size, seed=seed, at=at, progress=progress)
    return load(size=Size(**begun.data["size"]), seed=begun.data["seed"], at=begun.at, progress=progress)


def load(*, size: Size, seed: int = SEED, at: datetime, progress: Progress = lambda _share: None) -> dict[str, int]:
    """Write the demo company as it is at the instant `at`, table after table; returns rows per target.

    Loading again with the same size, seed and instant changes nothing, so that a load that was cut off can be
    finished. `progress` is told the share that is done, from 0 to 1.
    """
    trade = generate.trade(seed=seed, at=at)
    shop = generate.web_shop(size=size, seed=seed, at=at)
    with transaction.atomic():
        administrator = records.set_up_company(at=at)
        records.make_pipelines()
        process.prepare(by=administrator, at=at)
        begun = {"seed": seed, "size": asdict(size)}
        audit.record(BEGUN, target=queries.organisation(), by=administrator, at=at, data=begun)
    with acting(through=Through.IMPORT, what="import of the demo company"):
        found = _write(_steps(trade, shop), by=administrator, at=at, progress=progress)
    with acting(through=Through.TERMINAL, what="rapport demo"), transaction.atomic():
        records.link_suppliers(trade.accounts.supplies)
        records.add_participants(trade.business.participants)
        records.add_tasks(trade.tasks)
        records.name_owners_of_talks()
        records.give_orders_to_account_owners()
        criteria.write(seed=seed, at=at)
        if size.people <= FINISHED_UP_TO:
            records.name_service_staff_of_questions()
            records.date_arrivals(shop.came, at=at)
        quotes.add_quotes(by=administrator, at=at, seed=seed)
        committees.fill(by=administrator, at=at, seed=seed)
        process.lead(at=at, seed=seed)
        network.weave(by=administrator, at=at, seed=seed)
        advice.put_some_aside(by=administrator, at=at, seed=seed)
        own_fields.add(by=administrator, at=at, seed=seed)
        corrections.make(at=at, seed=seed)
        twice.make(by=administrator, at=at)
        daily_lists.make(at=at)
        audit.record(LOADED, target=queries.organisation(), by=administrator, at=at, data=found)
    progress(1.0)
    return found


def _steps(trade: generate.Trade, shop: generate.Shop) -> list[Step]:
    """All tables in the order in which each finds what it refers to; weights are seconds of a large load."""
    who, business = trade.accounts, trade.business
    per_row = {"people": 60, "orders": 30, "order-lines": 30, "interactions": 40}
    tables = [
        ("products", shop.products),
        ("companies", who.companies),
        ("people", who.contacts),
        ("affiliations", who.affiliations),
        ("deals", business.deals),
        ("stage-changes", business.stage_changes),
        ("interactions", business.interactions),
        ("orders", business.orders),
        ("order-lines", business.order_lines),
        ("people", shop.people),
        ("orders", shop.orders),
        ("order-lines", shop.order_lines),
        ("interactions", shop.interactions),
    ]
    return [Step(target, rows, per_row.get(target, 40) * (rows.num_rows + 500)) for target, rows in tables]


def _write(steps: list[Step], *, by: User, at: datetime, progress: Progress) -> dict[str, int]:
    """Load table after table through the import engine. Raises NotTaken."""
    whole, done = sum(step.weight for step in steps), 0.0
    found: dict[str, int] = {}
    for step in steps:
        before = done / whole

        def told(name: str, share: float, before: float = before, weight: float = step.weight) -> None:
            progress(0.98 * (before + (STAGES.get(name, 0.0) + share * 0.2) * weight / whole))

        columns = Mapping(columns={name: name for name in step.rows.column_names})
        request = engine.Request(target=step.target, mapping=columns, by_id=by.pk)
        result = engine.run_table(step.rows, request, at=at, scratch=SCRATCH, progress=told)
        if not result.loaded:
            raise NotTaken(f"{step.target}: {result.problems[:3]}")
        done += step.weight
        progress(0.98 * done / whole)
        found[step.target] = found.get(step.target, 0) + step.rows.num_rows
    return found
