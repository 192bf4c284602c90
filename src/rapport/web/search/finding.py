"""What one search finds, kind by kind, in the order in which people look for things."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rapport.commerce import queries as commerce
from rapport.commerce.models import Order, Product
from rapport.core import money
from rapport.core.text import tidy
from rapport.deals import queries as deals
from rapport.deals.models import Deal
from rapport.identity.models import User
from rapport.people import search as people
from rapport.people.models import Company, Person
from rapport.people.rules import phones
from rapport.web import formats

LONGEST = 200


@dataclass(frozen=True)
class Hit:
    """One record that was found; `hint` is what tells it from others of the same name."""

    title: str
    hint: str
    address: str


@dataclass(frozen=True)
class Group:
    """The records found of one kind; `has_more` where a longer list would show more."""

    kind: str
    label: str | Promise
    icon: str
    hits: list[Hit]
    has_more: bool


def everything(*, query: str, user: User, limit: int) -> list[Group]:
    """At most `limit` records of each kind that the user may see; kinds with none are left out."""
    asked = tidy(query)[:LONGEST]
    if not asked:
        return []
    groups = []
    for kind, label, icon, find, shown in KINDS:
        found = find(query=asked, user=user, limit=limit + 1)
        if found:
            hits = [shown(record) for record in found[:limit]]
            groups.append(Group(kind, label, icon, hits, len(found) > limit))
    return groups


def _person(person: Person) -> Hit:
    phone = phones.written(person.phone) if person.phone else ""
    return Hit(str(person), _joined(person.title, phone, person.email, person.province),
               reverse("people:page", args=[person.pk]))  # fmt: skip


def _company(company: Company) -> Hit:
    hint = _joined(company.industry, company.province, company.tax_id)
    return Hit(company.name, hint, reverse("companies:page", args=[company.pk]))


def _deal(deal: Deal) -> Hit:
    hint = _joined(deal.stage.name, _money(deal.amount, deal.currency))
    return Hit(deal.name, hint, reverse("deals:page", args=[deal.pk]))


def _order(order: Order) -> Hit:
    day = formats.day(order.placed_at.date(), language=_language())
    hint = _joined(day, _money(order.total, order.currency), order.channel)
    return Hit(str(order), hint, reverse("orders:page", args=[order.pk]))


def _product(product: Product) -> Hit:
    hint = _joined(product.external_id or "", product.category, _money(product.price, product.currency))
    return Hit(product.name, hint, reverse("products:page", args=[product.pk]))


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _money(amount: Any, currency: str) -> str:
    return money.written(amount, currency=currency, language=_language())


def _language() -> str:
    return (get_language() or "en").split("-")[0]


Kind = tuple[str, str | Promise, str, Callable[..., list[Any]], Callable[[Any], Hit]]
KINDS: tuple[Kind, ...] = (
    ("company", _("Companies"), "building-2", people.companies, _company),
    ("person", _("People"), "users", people.persons, _person),
    ("deal", _("Deals"), "square-kanban", deals.search_deals, _deal),
    ("order", _("Orders"), "shopping-bag", commerce.search_orders, _order),
    ("product", _("Products"), "package", commerce.search_products, _product),
)
