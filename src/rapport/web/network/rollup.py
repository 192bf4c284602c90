"""What each company of a network comes to by itself, and together with all companies below it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from rapport.commerce.accounts import ordered_by_company
from rapport.deals.queries.accounts import DealSums, sums_by_company
from rapport.identity.models import User
from rapport.people.models import Company, CompanyLink
from rapport.people.network import Reach, people_known

Sums = dict[str, Decimal]


@dataclass
class Figures:
    """How many companies, people known and open deals, and the values by currency."""

    companies: int = 0
    people: int = 0
    open_deals: int = 0
    open_value: Sums = field(default_factory=dict)
    won_deals: int = 0
    won_value: Sums = field(default_factory=dict)
    ordered: Sums = field(default_factory=dict)

    def add(self, other: "Figures") -> None:
        """Count another company's figures in."""
        self.companies += other.companies
        self.people += other.people
        self.open_deals += other.open_deals
        self.won_deals += other.won_deals
        for mine, theirs in (
            (self.open_value, other.open_value),
            (self.won_value, other.won_value),
            (self.ordered, other.ordered),
        ):
            for currency, value in theirs.items():
                mine[currency] = mine.get(currency, Decimal(0)) + value


@dataclass(frozen=True)
class Row:
    """A company of the network: its own figures, and for one with companies below those of all together."""

    company: Company
    level: int
    own: Figures
    whole: Figures | None = None
    through: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Rollup:
    """The table of a network. `total` is of the tree alone: customers and suppliers are other people's business."""

    tree: list[Row]
    suppliers: list[Row]
    customers: list[Row]
    further: list[Row]
    total: Figures

    @property
    def parts(self) -> list[tuple[str, list[Row]]]:
        """Those outside the tree, by what they are to it."""
        return [("suppliers", self.suppliers), ("customers", self.customers), ("further", self.further)]

    @property
    def figures(self) -> dict[int, Figures]:
        """The own figures of every company."""
        rows = [*self.tree, *self.suppliers, *self.customers, *self.further]
        return {row.company.pk: row.own for row in rows}


def rollup(*, user: User, reach: Reach) -> Rollup:
    """The figures of every company reached, as far as the user may see them; three queries."""
    ids = [company.pk for company in reach.companies]
    own = _own(user, ids)
    whole = _with_those_below(reach, own)
    names = {company.pk: company.name for company in reach.companies}
    through: dict[str, dict[int, list[str]]] = {"to": defaultdict(list), "from": defaultdict(list)}
    for edge in reach.edges:
        if edge.kind == CompanyLink.Kind.SUPPLIES:
            through["to"][edge.to_id].append(names[edge.from_id])
            through["from"][edge.from_id].append(names[edge.to_id])
    total = Figures()
    for member in reach.tree:
        total.add(own[member.company.pk])
    tree = [Row(each.company, each.level, own[each.company.pk], whole.get(each.company.pk)) for each in reach.tree]
    return Rollup(
        tree=tree,
        suppliers=_rows(reach.suppliers, own, through["from"]),
        customers=_rows(reach.customers, own, through["to"]),
        further=_rows(reach.further, own, through["to"]),
        total=total,
    )


def _rows(companies: Iterable[Company], own: dict[int, Figures], through: dict[int, list[str]]) -> list[Row]:
    return [Row(company, 0, own[company.pk], through=sorted(through[company.pk])) for company in companies]


def _own(user: User, ids: list[int]) -> dict[int, Figures]:
    people = people_known(user=user, company_ids=ids)
    sums = sums_by_company(user=user, company_ids=ids)
    ordered = ordered_by_company(user=user, company_ids=ids)
    found = {}
    for pk in ids:
        deals = sums.get(pk, DealSums())
        found[pk] = Figures(
            companies=1,
            people=people.get(pk, 0),
            open_deals=deals.open_deals,
            open_value=deals.open_value,
            won_deals=deals.won_deals,
            won_value=deals.won_value,
            ordered=ordered.get(pk, {}),
        )
    return found


def _with_those_below(reach: Reach, own: dict[int, Figures]) -> dict[int, Figures]:
    """The figures of each company of the tree that has others below it, itself counted in.

    The tree is in reading order, so what is below a company stands behind it until its level comes again.
    """
    found: dict[int, Figures] = {}
    above: list[tuple[int, Figures]] = []
    for member in reach.tree:
        above = [(level, figures) for level, figures in above if level < member.level]
        mine = Figures()
        found[member.company.pk] = mine
        above.append((member.level, mine))
        for _level, figures in above:
            figures.add(own[member.company.pk])
    return {pk: figures for pk, figures in found.items() if figures.companies > 1}
