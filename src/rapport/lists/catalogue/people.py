"""What can be asked and shown of people: the record, the present post, deals, talks, purchases and traits."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from rapport.commerce.models import Order, Product
from rapport.deals.models import Deal
from rapport.identity import access
from rapport.identity.rights import Action, Kind, Reach
from rapport.insight.queries import freshness
from rapport.lists import conditions, operators
from rapport.lists.catalogue import shared, traits
from rapport.lists.operators import ValueKind
from rapport.lists.shape import BuiltInView, Catalogue, Column, Filter, Linked, Reader, SortKey
from rapport.people.models import Affiliation, Company, Person
from rapport.people.queries import industries_in_use, present_posts, sources_in_use, tags_in_use
from rapport.timeline.models import InteractionPerson

CONTACT = ("name", "title", "company", "phone", "email", "province", "owner", "recorded_at")
PURCHASES = ("name", "rfm_segment", "expected_value", "last_purchase", "due_on", "phone", "owner")


_BUYING = (BuiltInView(code="purchases", label=_("What they buy"), columns=PURCHASES),)
_MINE = BuiltInView(code="mine", label=_("My people"), filters=(("owner", "one_of", (operators.ME,)),))


def catalogue(reader: Reader) -> Catalogue:
    """The catalogue of people."""
    return Catalogue(
        kind=Kind.PERSON,
        model=Person,
        columns=shared.named(*_columns(), *_post_columns(reader), *_related_columns(reader), *traits.columns()),
        filters=shared.filters(
            *_filters(reader), *_post_filters(reader), *_related_filters(reader), *traits.filters(reader)
        ),
        name_column="name",
        columns_at_first=CONTACT,
        sort_at_first="name",
        sorts_before={"arrival": "recorded_at", "value": "expected_value", "last": "last_purchase", "due": "due_on"},
        filters_before={"value": "expected_value.at_least"},
        views=(*_BUYING[: 1 if freshness() else 0], _MINE),
    )


def _columns() -> list[Column]:
    return [
        Column(
            code="name", label=_("Name"), kind=ValueKind.REFERENCE, group=shared.RECORD, look="name",
            get=lambda person: Linked(Kind.PERSON, person.pk, str(person)),
            sort=SortKey(path="sort_name", nullable=False, walks=True),
        ),
        shared.text_column("phone", _("Phone"), look="phone"),
        shared.text_column("email", _("E-mail"), look="email"),
        *shared.place_columns(),
        shared.plain_column("birthday", _("Birthday"), ValueKind.DAY),
        shared.text_column("language", _("Language")),
        *shared.tag_columns(),
        *shared.owner_columns(),
        *shared.origin_columns(),
    ]  # fmt: skip


def _filters(reader: Reader) -> list[Filter]:
    seen = Person.objects.visible_to(reader.user)
    return [
        Filter(
            code="words", label=_("Name, e-mail, phone or company"), kind=ValueKind.WORDS, group=shared.RECORD,
            find=conditions.words(Person.objects.all()),
        ),
        Filter(
            code="name", label=_("Name"), kind=ValueKind.TEXT, group=shared.RECORD,
            find=conditions.text("sort_name", folded=True),
        ),
        *shared.owner_filters(reader.user),
        *shared.place_filters(),
        *shared.tag_filters(lambda: tags_in_use(seen)),
        shared.text_filter("phone", _("Phone")),
        shared.text_filter("email", _("E-mail")),
        Filter(
            code="birthday", label=_("Birthday"), kind=ValueKind.DAY, group=shared.RECORD,
            find=conditions.day("birthday", today=reader.today),
        ),
        shared.text_filter("language", _("Language")),
        *shared.origin_filters(reader, sources=sources_in_use, merges=True),
    ]  # fmt: skip


class _Posts:
    """The present posts of the records of a page, asked for once for all columns that tell of them."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._of: list[Any] | None = None
        self._posts: dict[int, Affiliation] = {}
        self._seen: set[int] = set()

    def of(self, people: list[Any]) -> dict[int, Affiliation]:
        """The posts by person."""
        if self._of is not people:
            self._of, self._posts = people, present_posts([person.pk for person in people])
            ids = {post.company_id for post in self._posts.values()}
            seen = Company.objects.visible_to(self._reader.user)
            whole = access.reach(self._reader.user, Kind.COMPANY, Action.SEE) is Reach.ALL
            self._seen = ids if whole else set(seen.filter(pk__in=ids).values_list("pk", flat=True))
        return self._posts

    def titles(self, people: list[Any]) -> dict[int, str]:
        """The title at the company, or what stands on the person."""
        posts = self.of(people)
        found = {person.pk: posts[person.pk].title if person.pk in posts else "" for person in people}
        return {person.pk: found[person.pk] or person.title for person in people}

    def companies(self, people: list[Any]) -> dict[int, Linked]:
        """The companies, those that the user may not see without a name."""
        return {
            person: Linked(Kind.COMPANY, post.company_id, post.company.name, post.company_id in self._seen)
            for person, post in self.of(people).items()
        }


def _post_columns(reader: Reader) -> list[Column]:
    posts = _Posts(reader)
    return [
        Column(code="title", label=_("Title"), kind=ValueKind.TEXT, group=shared.COMPANY, load=posts.titles),
        Column(
            code="company", label=_("Company"), kind=ValueKind.REFERENCE, group=shared.COMPANY, load=posts.companies
        ),
    ]  # fmt: skip


def _post_filters(reader: Reader) -> list[Filter]:
    seen = Company.objects.visible_to(reader.user)

    def posts() -> "QuerySet[Any, Any]":
        present = Affiliation.objects.filter(until__isnull=True)
        if access.reach(reader.user, Kind.COMPANY, Action.SEE) is Reach.ALL:
            return present
        return present.filter(company__in=seen)

    def at_company(operator: str, value: Any) -> Any:
        return conditions.related(posts, "person", conditions.reference("company"))(operator, value)

    return [
        shared.record_filter("company", _("Works at"), Kind.COMPANY, seen, group=shared.COMPANY, find=at_company),
        Filter(
            code="title", label=_("Title"), kind=ValueKind.TEXT, group=shared.COMPANY,
            find=conditions.either(
                conditions.related(posts, "person", conditions.text("title")), conditions.text("title")
            ),
        ),
        *shared.company_filters(
            lambda path, kind: conditions.related(posts, "person", kind(f"company__{path}")),
            industries=lambda: industries_in_use(seen),
        ),
    ]  # fmt: skip


def _deals(reader: Reader) -> "QuerySet[Any, Any]":
    return Deal.objects.visible_to(reader.user).live().open()


def _orders(reader: Reader) -> "QuerySet[Any, Any]":
    return Order.objects.visible_to(reader.user).live()


def _related_columns(reader: Reader) -> list[Column]:
    return [
        Column(
            code="last_interaction", label=_("Last interaction"), kind=ValueKind.INSTANT, group=shared.TALKS,
            look="day", load=shared.latest(InteractionPerson.objects.all, "person", "at"),
            sort=SortKey(expression=lambda: Subquery(
                InteractionPerson.objects.filter(person=OuterRef("pk")).order_by("-at").values("at")[:1]
            )),
        ),
        Column(
            code="open_deals", label=_("Open deals"), kind=ValueKind.NUMBER, group=shared.DEALS,
            load=shared.numbers(lambda: _deals(reader), "person"),
            sort=shared.by_number(lambda: _deals(reader), "person"),
        ),
        Column(
            code="last_order", label=_("Last order"), kind=ValueKind.INSTANT, group=shared.PURCHASES, look="day",
            load=shared.latest(lambda: _orders(reader), "person", "placed_at"),
        ),
    ]  # fmt: skip


def _related_filters(reader: Reader) -> list[Filter]:
    def bought() -> "QuerySet[Any, Any]":
        return shared.lines_bought(reader)

    return [
        Filter(
            code="last_interaction", label=_("Last interaction"), kind=ValueKind.INSTANT, group=shared.TALKS,
            find=conditions.last(InteractionPerson.objects.all, "person", "at", today=reader.today),
        ),
        Filter(
            code="open_deals", label=_("Open deals"), kind=ValueKind.NUMBER, group=shared.DEALS,
            find=conditions.counted(lambda: _deals(reader), "person"),
        ),
        Filter(
            code="last_order", label=_("Last order"), kind=ValueKind.INSTANT, group=shared.PURCHASES,
            find=conditions.last(lambda: _orders(reader), "person", "placed_at", today=reader.today),
        ),
        shared.record_filter(
            "product", _("Bought"), Kind.PRODUCT, Product.objects.visible_to(reader.user), group=shared.PURCHASES,
            find=conditions.related(bought, "order__person", conditions.reference("product")),
        ),
    ]  # fmt: skip
