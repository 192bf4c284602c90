"""What differs between people and companies where two records become one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from rapport.identity import rights
from rapport.identity.access import Action
from rapport.identity.models import User
from rapport.people import access, actions, alike, search
from rapport.people.actions.merging import OF_A_COMPANY, OF_A_PERSON
from rapport.people.models import Company, Person

Record = Person | Company
SHARED: dict[str, str | Promise] = {
    "name": gettext_lazy("same name"),
    "email": gettext_lazy("same e-mail"),
    "phone": gettext_lazy("same phone number"),
    "tax_id": gettext_lazy("same tax id"),
    "domain": gettext_lazy("same website"),
    "post": gettext_lazy("same name at one company"),
    "like": gettext_lazy("similar name"),
}


def shared(found: Iterable[alike.Alike]) -> list[tuple[Any, list[str | Promise]]]:
    """Records alike, each with what it shares in words."""
    return [(each.record, [SHARED[code] for code in each.shares]) for each in found]


@dataclass(frozen=True)
class Kind:
    """A kind of record that can be merged. `chosen` names the fields of which one value must survive."""

    code: str
    right: rights.Kind
    holder: str
    page: str
    list_page: str
    merge_page: str
    unmerge_page: str
    twins_page: str
    hue: str
    model: type[Record]
    door: Callable[[User, int], Any]
    alike: Callable[[User, Any], list[alike.Alike]]
    search: Callable[..., list[Any]]
    act: Callable[..., Any]
    fields: tuple[str, ...]
    chosen: tuple[str, ...]


PEOPLE = Kind(
    code="person", right=rights.Kind.PERSON, holder="people.Person", page="people:page", list_page="people:list",
    merge_page="people:merge", unmerge_page="people:unmerge", twins_page="people:twins", hue="person", model=Person,
    door=lambda user, pk: access.person_for(user, pk, Action.MERGE),
    alike=lambda user, person: alike.people_alike(user=user, person=person),
    search=search.persons,
    act=actions.merge_people,
    fields=("full_name", "email", "phone", "title", "birthday", "language", "province", "country", "owner", "source",
            "external_id", "tags"),
    chosen=(*OF_A_PERSON, "owner"),
)  # fmt: skip
COMPANIES = Kind(
    code="company", right=rights.Kind.COMPANY, holder="people.Company", page="companies:page",
    list_page="companies:list", merge_page="companies:merge", unmerge_page="companies:unmerge",
    twins_page="companies:twins", hue="company", model=Company,
    door=lambda user, pk: access.company_for(user, pk, Action.MERGE),
    alike=lambda user, company: alike.companies_alike(user=user, company=company),
    search=search.companies,
    act=actions.merge_companies,
    fields=("name", "tax_id", "domain", "industry", "employees", "revenue", "province", "country", "owner", "source",
            "external_id", "tags"),
    chosen=(*OF_A_COMPANY, "owner"),
)  # fmt: skip
