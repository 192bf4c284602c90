"""The schema of every fact table: the contract between records and metrics.

An app fills a table from its rows in its `facts.py`; a metric reads it in `analytics`. Both name columns as they are
named here. Instants are UTC; a day (`_on`) is the day in the installation's time zone. Money is a double in the
row's own currency: whole dong are exact to 9e15, cents to 9e13. Archived orders, deals and interactions are left out;
archived people, companies and products stay, marked, since their orders still count. Nothing here names a human
being: no name, no address, no free text.
"""

from dataclasses import dataclass

import pyarrow as pa

INSTANT = pa.timestamp("us", tz="UTC")
DAY, ID, WHOLE, MONEY, TEXT, YES = pa.date32(), pa.int64(), pa.int64(), pa.float64(), pa.string(), pa.bool_()


@dataclass(frozen=True)
class Column:
    """One column: its name, type, what it means, and whether a row may lack it."""

    name: str
    type: pa.DataType
    meaning: str
    may_lack: bool = False


@dataclass(frozen=True)
class FactTable:
    """One fact table: a row for each `row`, told apart by `id` where it has one."""

    name: str
    row: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        """The columns as Arrow has them."""
        return pa.schema([pa.field(each.name, each.type, nullable=each.may_lack) for each in self.columns])


def _lacking(name: str, kind: pa.DataType, meaning: str) -> Column:
    return Column(name, kind, meaning, may_lack=True)


PEOPLE = FactTable("people", "a person", (
    Column("id", ID, "number of the person"),
    Column("source", TEXT, "where the person came from; empty if unknown"),
    Column("province", TEXT, "province; empty if unknown"),
    Column("country", TEXT, "ISO 3166 code; empty if unknown"),
    _lacking("birthday", DAY, "day of birth"),
    Column("recorded_at", INSTANT, "when Rapport first knew the person"),
    Column("archived", YES, "put away"),
    _lacking("owner_id", ID, "colleague in charge"),
    _lacking("team_id", ID, "team in charge"),
))  # fmt: skip
COMPANIES = FactTable("companies", "a company", (
    Column("id", ID, "number of the company"),
    Column("industry", TEXT, "industry; empty if unknown"),
    Column("province", TEXT, "province; empty if unknown"),
    Column("country", TEXT, "ISO 3166 code; empty if unknown"),
    _lacking("employees", WHOLE, "number of employees"),
    Column("recorded_at", INSTANT, "when Rapport first knew the company"),
    Column("archived", YES, "put away"),
    _lacking("owner_id", ID, "colleague in charge"),
    _lacking("team_id", ID, "team in charge"),
))  # fmt: skip
PRODUCTS = FactTable("products", "a product", (
    Column("id", ID, "number of the product"),
    Column("code", TEXT, "the company's own product code; empty if none"),
    Column("name", TEXT, "name of the product"),
    Column("category", TEXT, "category; empty if unknown"),
    _lacking("price", MONEY, "list price, in `currency`"),
    Column("currency", TEXT, "ISO 4217 code"),
    Column("archived", YES, "put away"),
))  # fmt: skip
ORDERS = FactTable("orders", "an order or a return", (
    Column("id", ID, "number of the order"),
    _lacking("person_id", ID, "who bought"),
    _lacking("company_id", ID, "for which company; the customer is the company where there is one"),
    Column("placed_at", INSTANT, "when it was placed"),
    Column("placed_on", DAY, "the day of `placed_at` in the installation's time zone"),
    Column("channel", TEXT, "channel; empty if unknown"),
    Column("total", MONEY, "in `currency`; below zero for a return"),
    Column("currency", TEXT, "ISO 4217 code"),
))  # fmt: skip
ORDER_LINES = FactTable("order_lines", "a product of an order", (
    Column("id", ID, "number of the line"),
    Column("order_id", ID, "its order"),
    Column("product_id", ID, "its product"),
    Column("quantity", MONEY, "below zero for what came back"),
    Column("unit_price", MONEY, "in the order's currency"),
))  # fmt: skip
INTERACTIONS = FactTable("interactions", "an interaction, once for each person who took part", (
    Column("id", ID, "number of the interaction; repeated for each person"),
    _lacking("person_id", ID, "who took part; null where nobody is named"),
    _lacking("company_id", ID, "the company it was with"),
    _lacking("user_id", ID, "our colleague"),
    Column("kind", TEXT, "call, meeting, email, chat, visit, workshop, livestream, ticket, note"),
    Column("channel", TEXT, "channel; empty if unknown"),
    Column("direction", TEXT, "in, out; empty if unknown"),
    Column("at", INSTANT, "when"),
    Column("happened_on", DAY, "the day of `at` in the installation's time zone"),
    _lacking("minutes", WHOLE, "how long it took"),
))  # fmt: skip
PIPELINES = FactTable("pipelines", "a pipeline", (
    Column("id", ID, "number of the pipeline"),
    Column("name", TEXT, "what the company calls it"),
    Column("kind", TEXT, "what it is for: direct, tender, renewal, framework"),
    Column("position", WHOLE, "its place among the pipelines, from 0"),
))  # fmt: skip
STAGES = FactTable("stages", "a stage of a pipeline", (
    Column("id", ID, "number of the stage"),
    Column("pipeline_id", ID, "its pipeline"),
    Column("name", TEXT, "what the company calls it"),
    Column("position", WHOLE, "its place in the pipeline"),
    Column("status", TEXT, "open, won or lost"),
    Column("probability", WHOLE, "of 100 deals in it, how many are won in the end, as set by the company"),
    _lacking("expected_days", WHOLE, "how long a deal is expected to stay"),
    Column("retired", YES, "no deal comes into it any more"),
))  # fmt: skip
PROBABILITY_CHANGES = FactTable("probability_changes", "a change of the probability of a stage", (
    Column("id", ID, "number of the change: the order of changes at one instant"),
    Column("stage_id", ID, "its stage"),
    Column("before", WHOLE, "the probability before, of 100"),
    Column("after", WHOLE, "the probability after, of 100"),
    Column("at", INSTANT, "when"),
    Column("happened_on", DAY, "the day of `at` in the installation's time zone"),
))  # fmt: skip
DEALS = FactTable("deals", "a deal", (
    Column("id", ID, "number of the deal"),
    _lacking("company_id", ID, "the customer, where it is a company"),
    _lacking("person_id", ID, "the customer, or the main contact at the company"),
    Column("pipeline_id", ID, "its pipeline"),
    Column("stage_id", ID, "its present stage"),
    Column("status", TEXT, "open, won or lost, by its present stage"),
    Column("source", TEXT, "where the deal came from; empty if unknown"),
    _lacking("product_id", ID, "the product it is about"),
    _lacking("amount", MONEY, "in `currency`"),
    Column("currency", TEXT, "ISO 4217 code"),
    _lacking("created_at", INSTANT, "when it came up"),
    _lacking("created_on", DAY, "the day of `created_at` in the installation's time zone"),
    _lacking("expected_close_on", DAY, "when it is expected to close"),
    _lacking("closed_at", INSTANT, "when it was won or lost"),
    _lacking("closed_on", DAY, "the day of `closed_at` in the installation's time zone"),
    _lacking("runs_out_on", DAY, "when what was sold runs out or is to be renewed"),
    _lacking("owner_id", ID, "colleague in charge"),
    _lacking("team_id", ID, "team in charge"),
))  # fmt: skip
STAGE_CHANGES = FactTable("stage_changes", "a deal's coming into a stage", (
    Column("id", ID, "number of the change: the order of changes at one instant"),
    Column("deal_id", ID, "its deal"),
    _lacking("from_stage_id", ID, "the stage left; null at the beginning"),
    Column("to_stage_id", ID, "the stage entered"),
    Column("at", INSTANT, "when"),
    Column("happened_on", DAY, "the day of `at` in the installation's time zone"),
    Column("reason", TEXT, "why, as chosen from the reasons; empty if not said"),
    Column("inferred", YES, "stands in for a history nobody recorded"),
))  # fmt: skip
DEAL_CHANGES = FactTable("deal_changes", "a change of a deal's amount, currency or expected day", (
    Column("id", ID, "number of the change: the order of changes at one instant"),
    Column("deal_id", ID, "its deal"),
    Column("field", TEXT, "amount, currency or expected_close_on"),
    _lacking("before", TEXT, "the value before, as text; null where there was none"),
    _lacking("after", TEXT, "the value after, as text; null where there is none"),
    Column("at", INSTANT, "when"),
    Column("happened_on", DAY, "the day of `at` in the installation's time zone"),
    _lacking("by_id", ID, "our colleague who changed it"),
))  # fmt: skip
DEAL_CONTACTS = FactTable("deal_contacts", "something that happened with the customer about a deal", (
    Column("id", ID, "number of the row"),
    Column("deal_id", ID, "the deal"),
    Column("interaction_id", ID, "the interaction"),
    Column("kind", TEXT, "call, meeting, email, chat, visit, workshop, livestream, ticket"),
    Column("happened_on", DAY, "the day, in the installation's time zone"),
    _lacking("minutes", WHOLE, "how long it took"),
))  # fmt: skip
DEAL_PEOPLE = FactTable("deal_people", "a time in which a person stood on the committee of a deal in one way", (
    Column("id", ID, "number of the row"),
    Column("deal_id", ID, "the deal"),
    Column("person_id", ID, "the person"),
    Column("in_contact", YES, "we had spoken with them"),
    Column("decides", YES, "a decision maker"),
    Column("since_on", DAY, "first day, in the installation's time zone"),
    _lacking("until_on", DAY, "the day on which it ended; null while it lasts"),
))  # fmt: skip
RATES = FactTable("rates", "an exchange rate", (
    Column("currency", TEXT, "ISO 4217 code of the other currency"),
    Column("since_on", DAY, "first day on which it counts, until the next one of this currency"),
    Column("rate", MONEY, "units of the installation's own currency for one unit"),
))  # fmt: skip

TABLES = {
    table.name: table
    for table in (
        PEOPLE, COMPANIES, PRODUCTS, ORDERS, ORDER_LINES, INTERACTIONS, PIPELINES, STAGES, PROBABILITY_CHANGES, DEALS,
        STAGE_CHANGES, DEAL_CHANGES, DEAL_CONTACTS, DEAL_PEOPLE, RATES,
    )
}  # fmt: skip
