"""What can be asked and shown of companies: the record, its people and links, deals, talks, orders."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from rapport.commerce.accounts import ordered_by_company
from rapport.commerce.models import Order, Product
from rapport.deals.models import Deal
from rapport.identity.rights import Kind
from rapport.lists import conditions, operators
from rapport.lists.catalogue import shared
from rapport.lists.operators import ValueKind
from rapport.lists.shape import Amount, BuiltInView, Catalogue, Column, Filter, Linked, Reader, SortKey
from rapport.people.models import Affiliation, Company, CompanyLink, Person
from rapport.people.queries import industries_in_use, tags_in_use
from rapport.timeline.models import Interaction


def catalogue(reader: Reader) -> Catalogue:
    """The catalogue of companies."""
    return Catalogue(
        kind=Kind.COMPANY,
        model=Company,
        columns=shared.named(*_columns(), *_related_columns(reader)),
        filters=shared.filters(*_filters(reader), *_related_filters(reader)),
        name_column="name",
        columns_at_first=("name", "industry", "province", "employees", "tax_id", "owner", "recorded_at"),
        sort_at_first="name",
        sorts_before={"arrival": "recorded_at"},
        views=(BuiltInView(code="mine", label=_("My companies"), filters=(("owner", "one_of", (operators.ME,)),)),),
    )


def _columns() -> list[Column]:
    return [
        Column(
            code="name", label=_("Name"), kind=ValueKind.REFERENCE, group=shared.RECORD, look="name",
            get=lambda company: Linked(Kind.COMPANY, company.pk, company.name),
            sort=SortKey(path="sort_name", nullable=False, walks=True),
        ),
        shared.text_column("industry", _("Industry")),
        *shared.place_columns(),
        shared.plain_column("employees", _("Employees"), ValueKind.NUMBER),
        shared.plain_column("revenue", _("Yearly revenue"), ValueKind.NUMBER),
        shared.text_column("tax_id", _("Tax id")),
        shared.text_column("domain", _("Website")),
        *shared.tag_columns(),
        *shared.owner_columns(),
        *shared.origin_columns(),
    ]  # fmt: skip


def _filters(reader: Reader) -> list[Filter]:
    seen = Company.objects.visible_to(reader.user)
    return [
        Filter(
            code="words", label=_("Name or tax id"), kind=ValueKind.WORDS, group=shared.RECORD,
            find=conditions.words(Company.objects.all()),
        ),
        Filter(
            code="name", label=_("Name"), kind=ValueKind.TEXT, group=shared.RECORD,
            find=conditions.text("sort_name", folded=True),
        ),
        *shared.owner_filters(reader.user),
        Filter(
            code="industry", label=_("Industry"), kind=ValueKind.TEXT, group=shared.RECORD,
            find=conditions.text("industry"), offered=lambda: industries_in_use(seen), is_first=True,
        ),
        *shared.place_filters(),
        *shared.tag_filters(lambda: tags_in_use(seen)),
        Filter(code="employees", label=_("Employees"), kind=ValueKind.NUMBER, group=shared.RECORD,
               find=conditions.number("employees")),
        Filter(code="revenue", label=_("Yearly revenue"), kind=ValueKind.NUMBER, group=shared.RECORD,
               find=conditions.number("revenue")),
        shared.text_filter("tax_id", _("Tax id")),
        shared.text_filter("domain", _("Website")),
        *shared.origin_filters(reader, merges=True),
    ]  # fmt: skip


class _Related:
    """The rows of other apps that belong to companies, as far as the user may see them."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.user = reader, reader.user

    def deals(self) -> "QuerySet[Any, Any]":
        """Open deals."""
        return Deal.objects.visible_to(self.user).live().open()

    def orders(self) -> "QuerySet[Any, Any]":
        """Orders."""
        return Order.objects.visible_to(self.user).live()

    def talks(self) -> "QuerySet[Any, Any]":
        """Interactions; whoever sees the company sees them."""
        return Interaction.objects.live()

    def posts(self) -> "QuerySet[Any, Any]":
        """Present posts of people."""
        seen = Person.objects.visible_to(self.user).live()
        return Affiliation.objects.filter(until__isnull=True, person__in=seen)

    def parents(self) -> "QuerySet[Any, Any]":
        """Links that hold, from a parent."""
        seen = Company.objects.visible_to(self.user)
        return CompanyLink.objects.filter(kind=CompanyLink.Kind.PARENT_OF, until__isnull=True, from_company__in=seen)

    def bought(self) -> "QuerySet[Any, Any]":
        """Lines of orders."""
        return shared.lines_bought(self.reader)

    def loads_parents(self, companies: list[Any]) -> Mapping[int, Linked]:
        """The parent of each company."""
        links = self.parents().filter(to_company__in=[each.pk for each in companies]).select_related("from_company")
        return {
            link.to_company_id: Linked(Kind.COMPANY, link.from_company_id, str(link.from_company)) for link in links
        }

    def loads_sums(self, companies: list[Any]) -> Mapping[int, Amount]:
        """What each company bought, in the currency in which it bought most."""
        sums = ordered_by_company(user=self.user, company_ids=[each.pk for each in companies])
        return {pk: _largest(totals) for pk, totals in sums.items()}


def _largest(totals: Mapping[str, Decimal]) -> Amount:
    currency = max(totals, key=lambda code: (totals[code], code))
    return Amount(totals[currency], currency)


def _newest(rows: Callable[[], "QuerySet[Any, Any]"], column: str) -> SortKey:
    def expression() -> Any:
        return Subquery(rows().filter(company=OuterRef("pk")).order_by(f"-{column}").values(column)[:1])

    return SortKey(expression=expression)


def _related_columns(reader: Reader) -> list[Column]:
    found = _Related(reader)
    return [
        Column(code="people", label=_("People"), kind=ValueKind.NUMBER, group=shared.PERSON,
               load=shared.numbers(found.posts, "company"), sort=shared.by_number(found.posts, "company")),
        Column(code="parent", label=_("Parent"), kind=ValueKind.REFERENCE, group=shared.COMPANY,
               load=found.loads_parents),
        Column(code="last_interaction", label=_("Last interaction"), kind=ValueKind.INSTANT, group=shared.TALKS,
               look="day", load=shared.latest(found.talks, "company", "at"), sort=_newest(found.talks, "at")),
        Column(code="open_deals", label=_("Open deals"), kind=ValueKind.NUMBER, group=shared.DEALS,
               load=shared.numbers(found.deals, "company"), sort=shared.by_number(found.deals, "company")),
        Column(code="orders", label=_("Orders"), kind=ValueKind.NUMBER, group=shared.PURCHASES,
               load=shared.numbers(found.orders, "company"), sort=shared.by_number(found.orders, "company")),
        Column(code="last_order", label=_("Last order"), kind=ValueKind.INSTANT, group=shared.PURCHASES, look="day",
               load=shared.latest(found.orders, "company", "placed_at"), sort=_newest(found.orders, "placed_at")),
        Column(code="bought_for", label=_("Bought for"), kind=ValueKind.MONEY, group=shared.PURCHASES,
               load=found.loads_sums),
    ]  # fmt: skip


def _related_filters(reader: Reader) -> list[Filter]:
    found, today = _Related(reader), reader.today
    return [
        shared.record_filter(
            "parent", _("Parent"), Kind.COMPANY, Company.objects.visible_to(reader.user), group=shared.COMPANY,
            find=conditions.related(found.parents, "to_company", conditions.reference("from_company")),
        ),
        Filter(code="people", label=_("Number of people"), kind=ValueKind.NUMBER, group=shared.PERSON,
               find=conditions.counted(found.posts, "company")),
        Filter(code="last_interaction", label=_("Last interaction"), kind=ValueKind.INSTANT, group=shared.TALKS,
               find=conditions.last(found.talks, "company", "at", today=today)),
        Filter(code="open_deals", label=_("Open deals"), kind=ValueKind.NUMBER, group=shared.DEALS,
               find=conditions.counted(found.deals, "company")),
        Filter(code="orders", label=_("Number of orders"), kind=ValueKind.NUMBER, group=shared.PURCHASES,
               find=conditions.counted(found.orders, "company")),
        Filter(code="last_order", label=_("Last order"), kind=ValueKind.INSTANT, group=shared.PURCHASES,
               find=conditions.last(found.orders, "company", "placed_at", today=today)),
        shared.record_filter(
            "product", _("Bought"), Kind.PRODUCT, Product.objects.visible_to(reader.user), group=shared.PURCHASES,
            find=conditions.related(found.bought, "order__company", conditions.reference("product")),
        ),
    ]  # fmt: skip
