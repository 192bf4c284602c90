"""Columns and filters that records of several kinds have, and what their values are read by."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import NullIf
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from rapport.commerce.models import Order, OrderLine
from rapport.core.querysets import RecordQuerySet
from rapport.identity import access
from rapport.identity.models import User
from rapport.identity.queries import colleagues, teams
from rapport.identity.rights import Action, Kind, Reach
from rapport.lists import conditions, operators
from rapport.lists.operators import ValueKind
from rapport.lists.shape import Chosen, Column, Filter, Label, Linked, Reader, SortKey
from rapport.people.models import Company, Person
from rapport.people.rules import places

Offered = Callable[[], Sequence[str]] | None
RECORD = gettext_lazy("This record")
COMPANY = gettext_lazy("Company")
PERSON = gettext_lazy("Person")
TALKS = gettext_lazy("Interactions")
DEALS = gettext_lazy("Deals")
PURCHASES = gettext_lazy("Purchases")
METRICS = gettext_lazy("What the metrics say")
OWN_FIELDS = gettext_lazy("Own fields")


def named(*given: Column) -> dict[str, Column]:
    """Columns by code."""
    return {each.code: each for each in given}


def filters(*given: Filter) -> dict[str, Filter]:
    """Filters by code."""
    return {each.code: each for each in given}


def attribute(name: str) -> Callable[[Any], Any]:
    """Reads a column of the record; an empty text is nothing."""

    def get(record: Any) -> Any:
        value = getattr(record, name)
        return None if value == "" else value

    return get


def text_column(code: str, label: Label, *, look: str = "", group: Label = RECORD) -> Column:
    """A text of the record itself, sorted without an index."""
    return Column(
        code=code, label=label, kind=ValueKind.TEXT, group=group, get=attribute(code), look=look,
        sort=SortKey(expression=lambda: NullIf(F(code), Value(""))),
    )  # fmt: skip


def plain_column(
    code: str, label: Label, kind: ValueKind, *, look: str = "", walks: bool = False, nullable: bool = True
) -> Column:
    """A number, day or instant of the record itself."""
    return Column(
        code=code, label=label, kind=kind, group=RECORD, get=attribute(code), look=look,
        sort=SortKey(path=code, nullable=nullable, walks=walks),
    )  # fmt: skip


def text_filter(
    code: str, label: Label, *, offered: Callable[[], Sequence[str]] | None = None, is_first: bool = False
) -> Filter:
    """A text of the record itself."""
    return Filter(
        code=code, label=label, kind=ValueKind.TEXT, group=RECORD, find=conditions.text(code), offered=offered,
        is_first=is_first,
    )  # fmt: skip


def place_columns() -> list[Column]:
    """Where it is."""
    return [
        text_column("province", gettext_lazy("Province")),
        Column(
            code="country", label=gettext_lazy("Country"), kind=ValueKind.CHOICE, group=RECORD,
            get=lambda record: Chosen(record.country, country_name(record.country)) if record.country else None,
            sort=SortKey(expression=lambda: NullIf(F("country"), Value(""))),
        ),
    ]  # fmt: skip


def place_filters() -> list[Filter]:
    """Where it is."""
    return [
        text_filter("province", gettext_lazy("Province"), offered=places.provinces, is_first=True),
        Filter(
            code="country", label=gettext_lazy("Country"), kind=ValueKind.CHOICE, group=RECORD,
            find=conditions.text("country"), choices=countries,
        ),
    ]  # fmt: skip


def tag_columns() -> list[Column]:
    """Its tags."""
    return [
        Column(
            code="tags", label=gettext_lazy("Tags"), kind=ValueKind.TAGS, group=RECORD, get=lambda record: record.tags
        )
    ]


def tag_filters(offered: Callable[[], Sequence[str]]) -> list[Filter]:
    """Its tags."""
    return [
        Filter(
            code="tag", label=gettext_lazy("Tag"), kind=ValueKind.TAGS, group=RECORD, find=conditions.tags(),
            offered=offered, is_first=True,
        )
    ]  # fmt: skip


def owner_columns() -> list[Column]:
    """Whose it is."""
    return [
        Column(
            code="owner", label=gettext_lazy("Owner"), kind=ValueKind.REFERENCE, group=RECORD, joins=("owner",),
            get=lambda record: Linked(None, record.owner_id, str(record.owner)) if record.owner_id else None,
            sort=SortKey(path="owner__full_name"),
        ),
        Column(
            code="team", label=gettext_lazy("Team"), kind=ValueKind.REFERENCE, group=RECORD, joins=("team",),
            get=lambda record: Linked(None, record.team_id, record.team.name) if record.team_id else None,
            sort=SortKey(path="team__name"),
        ),
    ]  # fmt: skip


def owner_filters(user: User) -> list[Filter]:
    """Whose it is."""
    return [
        Filter(
            code="owner", label=gettext_lazy("Owner"), kind=ValueKind.REFERENCE, group=RECORD,
            find=conditions.owner(user), choices=owners, named=named_by(owners), is_first=True,
        ),
        Filter(
            code="team", label=gettext_lazy("Team"), kind=ValueKind.REFERENCE, group=RECORD,
            find=conditions.team(user), choices=team_choices, named=named_by(team_choices),
        ),
    ]  # fmt: skip


def origin_columns() -> list[Column]:
    """Where the record came from, and when."""
    return [
        text_column("source", gettext_lazy("Source")),
        text_column("external_id", gettext_lazy("External id")),
        plain_column("recorded_at", gettext_lazy("Added"), ValueKind.INSTANT, look="day", walks=True, nullable=False),
        plain_column("updated_at", gettext_lazy("Changed"), ValueKind.INSTANT, look="day", nullable=False),
    ]


def origin_filters(
    reader: Reader, *, sources: Callable[[], Sequence[str]] | None = None, merges: bool = False
) -> list[Filter]:
    """Where the record came from, and when; and whether it is put away."""
    return [
        text_filter("source", gettext_lazy("Source"), offered=sources),
        text_filter("external_id", gettext_lazy("External id")),
        *(
            Filter(
                code=code, label=label, kind=ValueKind.INSTANT, group=RECORD,
                find=conditions.instant(code, today=reader.today),
                only=frozenset({"between", "since", "until", "in_last_days", "more_than_days_ago"}),
            )
            for code, label in (("recorded_at", gettext_lazy("Added")), ("updated_at", gettext_lazy("Changed")))
        ),
        archived_filter(merges=merges),
    ]  # fmt: skip


def archived_filter(*, merges: bool = False) -> Filter:
    """Whether it is put away, other than by being merged. Without this a list holds what is not."""

    def find(operator: str, _value: Any) -> Q:
        put_away = Q(archived_at__isnull=operator == "no")
        return put_away & Q(merged_into__isnull=True) if merges else put_away

    return Filter(
        code="archived", label=gettext_lazy("Archived"), kind=ValueKind.YES_NO, group=RECORD, find=find, is_first=True
    )


def company_filters(
    wrap: Callable[[str, Callable[[str], conditions.Find]], conditions.Find],
    *,
    industries: Callable[[], Sequence[str]],
) -> list[Filter]:
    """What can be asked of the company of a record; `wrap` makes of a column of companies a condition on the record."""

    def asked(code: str, label: Label, kind: ValueKind, find: conditions.Find, offered: Offered = None) -> Filter:
        return Filter(code=f"company.{code}", label=label, kind=kind, group=COMPANY, find=find, offered=offered)

    text, number, tags = conditions.text, conditions.number, conditions.tags
    return [
        asked("industry", gettext_lazy("Industry of the company"), ValueKind.TEXT, wrap("industry", text), industries),
        asked("province", gettext_lazy("Province of the company"), ValueKind.TEXT, wrap("province", text),
              places.provinces),
        asked("employees", gettext_lazy("Employees of the company"), ValueKind.NUMBER, wrap("employees", number)),
        asked("tag", gettext_lazy("Tag of the company"), ValueKind.TAGS, wrap("tags", tags)),
    ]  # fmt: skip


def numbers(rows: Callable[[], "QuerySet[Any, Any]"], link: str) -> Callable[[list[Any]], Mapping[int, int]]:
    """Loads how many of the rows point at each record by their field `link`."""

    def load(records: list[Any]) -> dict[int, int]:
        mine = rows().filter(**{f"{link}__in": [record.pk for record in records]})
        return dict(mine.order_by().values_list(link).annotate(Count("pk")))

    return load


def by_number(rows: Callable[[], "QuerySet[Any, Any]"], link: str) -> SortKey:
    """Sorts by how many of the rows point at each record by their field `link`."""

    def expression() -> Any:
        mine = rows().filter(**{link: OuterRef("pk")}).order_by().values(link)
        return Subquery(mine.annotate(amount=Count("pk")).values("amount"))

    return SortKey(expression=expression)


def latest(
    rows: Callable[[], "QuerySet[Any, Any]"], link: str, column: str
) -> Callable[[list[Any]], Mapping[int, datetime]]:
    """Loads the last instant of the rows that point at each record by their field `link`."""

    def load(records: list[Any]) -> dict[int, datetime]:
        mine = rows().filter(**{f"{link}__in": [record.pk for record in records]})
        return dict(mine.order_by().values_list(link).annotate(Max(column)))

    return load


def lines_bought(reader: Reader) -> "QuerySet[Any, Any]":
    """The lines of orders that the user may see by which something was bought, and not given back."""
    lines = OrderLine.objects.filter(quantity__gt=0, order__archived_at__isnull=True)
    if access.reach(reader.user, Kind.ORDER, Action.SEE) is Reach.ALL:
        return lines
    return lines.filter(order__in=Order.objects.visible_to(reader.user))


def rounded(value: float) -> Decimal:
    """A computed amount without the digits that it does not have."""
    return Decimal(repr(value)).quantize(Decimal(1)) if abs(value) >= 1000 else Decimal(repr(round(value, 2)))


def customers(kind: Kind, model: Any, user: User) -> Callable[[list[Any]], Mapping[int, Linked]]:
    """Loads the company or person of each record as far as the user may see it."""
    column = f"{kind.value}_id"

    def load(records: list[Any]) -> dict[int, Linked]:
        ids = {getattr(record, column) for record in records} - {None}
        names = {each.pk: str(each) for each in model.objects.visible_to(user).filter(pk__in=ids)} if ids else {}
        return {
            record.pk: Linked(kind, pk, names.get(pk, ""), pk in names)
            for record in records
            if (pk := getattr(record, column)) is not None
        }

    return load


def customer_column(user: User) -> Column:
    """The customer of a deal or an order: the company, else the person."""
    companies, persons = customers(Kind.COMPANY, Company, user), customers(Kind.PERSON, Person, user)
    return Column(
        code="customer", label=gettext_lazy("Customer"), kind=ValueKind.REFERENCE, group=RECORD, look="customer",
        load=lambda records: {**persons(records), **companies(records)},
    )  # fmt: skip


def party_columns(user: User) -> list[Column]:
    """The company and the person of a deal, an order or a task."""
    return [
        Column(code="company", label=COMPANY, kind=ValueKind.REFERENCE, group=RECORD,
               load=customers(Kind.COMPANY, Company, user)),
        Column(code="person", label=PERSON, kind=ValueKind.REFERENCE, group=RECORD,
               load=customers(Kind.PERSON, Person, user)),
    ]  # fmt: skip


def party_filters(user: User) -> list[Filter]:
    """The company and the person of a deal, an order or a task."""
    return [
        record_filter("company", COMPANY, Kind.COMPANY, Company.objects.visible_to(user)),
        record_filter("person", PERSON, Kind.PERSON, Person.objects.visible_to(user)),
    ]


def record_filter(code: str, label: Label, kind: Kind, seen: RecordQuerySet, *, group: Label = RECORD,
                  find: conditions.Find | None = None) -> Filter:  # fmt: skip
    """A record that is looked up by its name among those the user may see."""
    return Filter(
        code=code, label=label, kind=ValueKind.REFERENCE, group=group, record=kind,
        find=find or conditions.reference(code), named=names_of(seen),
    )  # fmt: skip


def names_of(seen: "QuerySet[Any, Any]") -> Callable[[Sequence[str]], Mapping[str, str]]:
    """What records are called, by number; those the user may not see have no name."""

    def names(given: Sequence[str]) -> dict[str, str]:
        ids = [int(each) for each in given if each.isdecimal()]
        found = {str(each.pk): str(each) for each in seen.filter(pk__in=ids)} if ids else {}
        return {operators.NOBODY: _("nobody")} | found

    return names


def named_by(choices: Callable[[], Iterable[tuple[str, Label]]]) -> Callable[[Sequence[str]], Mapping[str, str]]:
    """What given values are called among the choices."""
    return lambda given: {code: str(label) for code, label in choices() if code in given}


def owners() -> list[tuple[str, Label]]:
    """Everybody who can own a record, with me and nobody."""
    people: list[tuple[str, Label]] = [(str(user.pk), user.full_name) for user in colleagues()]
    return [(operators.ME, pgettext_lazy("owner", "Me")), *people, (operators.NOBODY, _("Nobody yet"))]


def team_choices() -> list[tuple[str, Label]]:
    """All teams, with my own and none."""
    known: list[tuple[str, Label]] = [(str(team.pk), team.name) for team in teams()]
    return [(operators.MY_TEAM, gettext_lazy("My team")), *known, (operators.NOBODY, gettext_lazy("No team"))]


def countries() -> list[tuple[str, Label]]:
    """Every country by name in the language of the page."""
    known: list[tuple[str, Label]] = [(code, country_name(code)) for code in places.country_codes()]
    return sorted(known, key=lambda choice: (choice[0] != "VN", str(choice[1])))


def country_name(code: str) -> str:
    """The name of a country in the language of the page."""
    return places.country_name(code, language=(get_language() or "vi").split("-")[0])
