"""From the records into the lake: whatever happened to them, the lake is what a full export would make of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction

from rapport.commerce.models import ExchangeRate, Order, OrderLine
from rapport.deals.models import Deal, DealChange, Stage
from rapport.lake import engines
from rapport.lake.export import Snapshot, _going_on, database_uri
from rapport.lake.sources import BLOCK, Source, registered
from rapport.lake.store import Lake, Version
from rapport.lake.tables import RATES, TABLES
from rapport.people.models import Person
from rapport.timeline.models import Interaction, InteractionPerson
from tests import factories
from tests.lake.exporting import contents, exported, files

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = BLOCK + 7


@pytest.fixture
def world() -> None:
    """A few of everything; people, orders and lines in two blocks."""
    ann, binh = factories.make_person(id=1, province="Huế"), factories.make_person(id=SECOND)
    company = factories.make_company(employees=40)
    soap, rope = factories.make_product(external_id="S1", price=12000), factories.make_product()
    factories.make_order((soap, 2, 12000), (rope, 1, 500), id=1, person=ann)
    factories.make_order((soap, 1, 12000), id=2, person=binh, placed_at=datetime(2026, 3, 16, 20, tzinfo=UTC))
    last = factories.make_order(id=SECOND, company=company)
    OrderLine.objects.create(id=SECOND, order=last, product=rope, quantity="-1.5", unit_price="0.1")
    factories.make_interaction(ann, binh, minutes=30)
    factories.make_interaction(company=company)
    deal = factories.make_deal(company=company, amount=5)
    at = datetime(2026, 3, 16, 20, tzinfo=UTC)
    DealChange.objects.create(deal=deal, field="amount", before="4.00", after="5.00", at=at)
    ExchangeRate.objects.create(currency="USD", since_on=date(2026, 1, 1), rate="26000.5")


@pytest.fixture
def outside() -> Iterator[psycopg.Connection]:
    """Another connection to the test database."""
    with psycopg.connect(database_uri(connection.settings_dict)) as other:
        yield other


def sql(text: str) -> Callable[[], None]:
    """Run by hand."""

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(text)

    return run


def delete_an_order() -> None:
    OrderLine.objects.filter(order_id=2).delete()
    Order.objects.filter(pk=2).delete()


def delete_and_add_as_many() -> None:
    """The number of orders stays."""
    delete_an_order()
    factories.make_order(id=3, person_id=1)


def roll_back() -> None:
    """Rows that never came to be."""
    try:
        with transaction.atomic():
            factories.make_person(id=99)
            raise ValueError
    except ValueError:
        pass


def save_at_savepoints() -> None:
    """Rows of a subtransaction bear its own number."""
    with transaction.atomic():
        factories.make_person(id=400)
        with transaction.atomic():
            factories.make_person(id=500)


def lose_a_stage() -> None:
    Stage.objects.filter(pk=Deal.objects.get().stage_id).update(status="lost")


def move_participants() -> None:
    """One leaves, another comes: as many as before."""
    InteractionPerson.objects.filter(person_id=1).update(person_id=factories.make_person(id=50).pk)


CHANGES: list[Callable[[], object]] = [
    lambda: None,
    lambda: factories.make_person(id=40),
    lambda: Person.objects.filter(pk=SECOND).update(province="Đà Nẵng"),
    delete_an_order,
    delete_and_add_as_many,
    roll_back,
    save_at_savepoints,
    sql("UPDATE commerce_order SET total = total + 1 WHERE id = 1"),
    sql("UPDATE commerce_order SET archived_at = now() WHERE id = 1"),
    sql("DELETE FROM commerce_orderline"),
    sql("TRUNCATE commerce_exchangerate"),
    sql("DELETE FROM timeline_interactionperson WHERE person_id = 1"),
    sql("UPDATE timeline_interaction SET archived_at = now()"),
    sql("UPDATE deals_deal SET archived_at = now()"),
    sql("ALTER TABLE commerce_order ALTER COLUMN channel TYPE varchar(41)"),
    lambda: Order.objects.filter(pk=2).update(person_id=1),
    move_participants,
    lose_a_stage,
    lambda: factories.make_order(id=3 * BLOCK, person_id=1),
]


@pytest.mark.parametrize("number", range(len(CHANGES)))
@pytest.mark.usefixtures("world")
def test_an_export_of_changes_is_as_good_as_a_full_one(lake: Lake, tmp_path: Path, number: int) -> None:
    exported(lake)
    CHANGES[number]()
    exported(lake)
    fresh = Lake(tmp_path / "fresh")
    exported(fresh)
    whole = contents(fresh)
    assert contents(lake) == whole
    again = exported(lake, full=True)
    assert contents(lake) == whole
    marks = {name: [block.marks for block in blocks] for name, blocks in fresh.version().tables.items()}
    assert {name: [block.marks for block in blocks] for name, blocks in again.tables.items()} == marks


@pytest.mark.usefixtures("world")
def test_what_comes_back_from_the_archive_comes_back(lake: Lake, tmp_path: Path) -> None:
    exported(lake)
    before = contents(lake)
    for state in ("now()", "NULL"):
        sql(f"UPDATE commerce_order SET archived_at = {state}; UPDATE deals_deal SET archived_at = {state}")()
        exported(lake)
        fresh = Lake(tmp_path / state.strip("()"))
        exported(fresh)
        assert contents(lake) == contents(fresh)
        assert bool(contents(lake)["order_lines"]) == bool(contents(lake)["stage_changes"]) == (state == "NULL")
    assert contents(lake) == before


@pytest.mark.usefixtures("world")
def test_only_the_blocks_that_changed_are_written(lake: Lake) -> None:
    before = exported(lake)
    Person.objects.filter(pk=SECOND).update(province="Huế")
    after = exported(lake)
    changed = {
        (name, number)
        for name in TABLES
        for number, file in files(after, name).items()
        if files(before, name)[number] != file
    }
    assert changed == {("people", 1)}
    assert files(exported(lake), "people") == files(after, "people")


@pytest.mark.usefixtures("world")
def test_full_writes_everything(lake: Lake) -> None:
    before, after = exported(lake), exported(lake, full=True)
    assert all(files(before, name) != files(after, name) for name in TABLES if files(before, name))


def test_a_transaction_that_commits_late_is_seen(lake: Lake, outside: psycopg.Connection) -> None:
    factories.make_person(id=1)
    outside.execute("UPDATE people_person SET province = 'Huế' WHERE id = 1")
    factories.make_person(id=2)
    exported(lake)
    assert [row["province"] for row in contents(lake)["people"]] == ["", ""]
    outside.commit()
    exported(lake)
    assert [row["province"] for row in contents(lake)["people"]] == ["Huế", ""]


def test_a_late_transaction_is_seen_after_several_exports(lake: Lake, outside: psycopg.Connection) -> None:
    factories.make_person(id=1)
    outside.execute("UPDATE people_person SET province = 'Huế' WHERE id = 1")
    for number in range(2, 5):
        factories.make_person(id=number)
        exported(lake)
    outside.commit()
    factories.make_company()
    exported(lake)
    assert contents(lake)["people"][0]["province"] == "Huế"


@pytest.mark.usefixtures("world")
def test_all_tables_are_of_one_instant(lake: Lake, outside: psycopg.Connection) -> None:
    """An order that arrives while the export goes on is in none of its tables."""

    def interfere(table: str, _done: int, of: int) -> None:
        if of == 0 and table == "orders":
            outside.execute("INSERT INTO commerce_exchangerate (currency, since_on, rate) VALUES ('EUR', now(), 1)")
            outside.commit()

    exported(lake, tell=interfere)
    assert [row["currency"] for row in contents(lake)["rates"]] == ["USD"]
    exported(lake)
    assert [row["currency"] for row in contents(lake)["rates"]] == ["EUR", "USD"]


@pytest.mark.usefixtures("world")
def test_an_erased_person_vanishes(lake: Lake) -> None:
    exported(lake)
    Interaction.objects.all().delete()
    Order.objects.filter(person_id=SECOND).delete()
    Person.objects.filter(pk=SECOND).delete()
    exported(lake)
    told = repr(contents(lake)["people"]) + repr(contents(lake)["interactions"]) + repr(contents(lake)["orders"])
    assert f"'person_id': {SECOND}" not in told
    assert [row["id"] for row in contents(lake)["people"]] == [1]


@pytest.mark.usefixtures("world")
def test_rows_are_told_as_the_schema_says(lake: Lake) -> None:
    exported(lake)
    found = contents(lake)
    order = next(row for row in found["orders"] if row["id"] == 2)
    assert (order["placed_at"], order["placed_on"]) == (datetime(2026, 3, 16, 20, tzinfo=UTC), date(2026, 3, 17))
    line = next(row for row in found["order_lines"] if row["id"] == SECOND)
    assert (line["quantity"], line["unit_price"]) == (-1.5, 0.1)
    assert [(row["code"], row["price"]) for row in found["products"]] == [("S1", 12000.0), ("", None)]
    assert sorted((row["person_id"] or 0, row["minutes"] or 0) for row in found["interactions"]) == [
        (0, 0),
        (1, 30),
        (SECOND, 30),
    ]
    assert [(row["status"], row["amount"]) for row in found["deals"]] == [("open", 5.0)]
    assert [(row["currency"], row["since_on"], row["rate"]) for row in found["rates"]] == [
        ("USD", date(2026, 1, 1), 26000.5)
    ]


@pytest.mark.usefixtures("world")
def test_days_follow_the_time_zone(lake: Lake) -> None:
    exported(lake)
    exported(lake, zone="UTC")
    assert next(row["placed_on"] for row in contents(lake)["orders"] if row["id"] == 2) == date(2026, 3, 16)


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("name", ["system", "timeline", "database", "told"])
def test_another_origin_makes_the_export_a_full_one(lake: Lake, name: str) -> None:
    before = exported(lake)
    with lake.writer() as writer:
        writer.publish(replace(before, number=writer.number, origin=before.origin | {name: "another"}))
    assert files(exported(lake), "people").items().isdisjoint(files(before, "people").items())


@pytest.mark.usefixtures("world")
def test_a_file_that_somebody_removed_is_written_again(lake: Lake) -> None:
    before = exported(lake)
    whole = contents(lake)
    lake.paths(before, table="orders")[0].unlink()
    exported(lake)
    assert contents(lake) == whole


def test_nothing_at_all_can_be_exported_and_asked(lake: Lake) -> None:
    version = exported(lake)
    assert {name: version.tables[name] for name in TABLES} == {name: [] for name in TABLES}
    with engines.open("duckdb", lake, currency="VND") as facts:
        assert facts.orders.count().to_pyarrow().as_py() == 0


@pytest.mark.usefixtures("world")
def test_what_is_told_goes_up_to_all(lake: Lake) -> None:
    told: list[tuple[str, int, int]] = []
    exported(lake, tell=lambda *words: told.append(words))
    counted = [words for words in told if words[2]]
    assert [words[1] for words in counted] == sorted(words[1] for words in counted)
    assert counted[-1][1] == counted[-1][2] == 23
    assert {words[0] for words in told} == set(TABLES)


@pytest.mark.parametrize(
    ("horizon", "origin", "goes_on"),
    [
        (900, "a", True),
        (1000, "a", True),
        (900, "b", False),
        (1001, "a", False),
        (1000 - 2**31, "a", False),
        (1000 - 2**30, "a", True),
    ],
)
def test_transactions_are_compared_only_where_they_can_be(horizon: int, origin: str, goes_on: bool) -> None:
    before = Version(number=1, horizon=horizon, origin={"database": origin})
    now = Snapshot(at=datetime(2026, 1, 1, tzinfo=UTC), horizon=990, beyond=1000, origin={"database": "a"})
    assert (_going_on(before, now) is before) is goes_on


def test_every_fact_table_has_a_source() -> None:
    assert {source.table.name for source in registered()} == set(TABLES)


def test_a_source_names_the_columns_of_its_table() -> None:
    with pytest.raises(ValueError, match="currency, since_on, rate"):
        Source(table=RATES, columns={"currency": "''"}, rows="x", key="x.id", watches=())


@pytest.mark.parametrize(
    ("settings", "uri"),
    [
        ({"NAME": "a", "HOST": "/run/s", "USER": "u"}, "postgresql:///a?host=%2Frun%2Fs&user=u"),
        (
            {"NAME": "a b", "HOST": "h", "PORT": "5433", "PASSWORD": "p&:/?", "OPTIONS": {"sslmode": "require"}},
            "postgresql:///a%20b?sslmode=require&host=h&port=5433&password=p%26%3A%2F%3F",
        ),
    ],
)
def test_the_address_of_a_database(settings: dict[str, object], uri: str) -> None:
    assert database_uri(settings) == uri
