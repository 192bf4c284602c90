"""What the frame of every page needs: navigation, theme, who is signed in, and what this company sells."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rapport.identity import access, queries
from rapport.identity.access import Action, Kind
from rapport.identity.models import Organisation, User

THEMES = {"light": "rapport", "dark": "rapport-dark"}
THEME_COOKIE = "rapport_theme"
ON_A_PHONE = 4
Selling = Organisation.Selling


def anyone(user: User) -> bool:
    """Every role."""
    return True


def may(kind: Kind, action: Action = Action.SEE) -> Callable[[User], bool]:
    """Whoever may do this."""
    return lambda user: access.may(user, kind, action)


@dataclass(frozen=True, kw_only=True)
class Section:
    """An entry of the navigation: where it leads, for which kind of selling, and who may go there.

    `holds` names further folders of `web/` whose pages belong to it.
    """

    url_name: str
    label: str | Promise
    icon: str
    sells_to: frozenset[str] = frozenset(Selling)
    holds: frozenset[str] = frozenset()
    may: Callable[[User], bool] = anyone


@dataclass(frozen=True)
class Link:
    """A section as it is shown on one page."""

    address: str
    label: str | Promise
    icon: str
    is_current: bool


TO_COMPANIES = frozenset({Selling.TO_COMPANIES, Selling.TO_BOTH})
TO_PEOPLE = frozenset({Selling.TO_PEOPLE, Selling.TO_BOTH})
SECTIONS = (
    Section(url_name="home:page", label=_("Today"), icon="house"),
    Section(
        url_name="companies:list", label=_("Companies"), icon="building-2", sells_to=TO_COMPANIES, may=may(Kind.COMPANY)
    ),
    Section(url_name="people:list", label=_("People"), icon="users", may=may(Kind.PERSON)),
    Section(
        url_name="deals:list",
        label=_("Deals"),
        icon="square-kanban",
        sells_to=TO_COMPANIES,
        holds=frozenset({"board", "committee", "criteria", "process", "quotes", "requirements"}),
        may=may(Kind.DEAL),
    ),
    Section(url_name="orders:list", label=_("Orders"), icon="shopping-bag", may=may(Kind.ORDER)),
    Section(url_name="tasks:list", label=_("Tasks"), icon="list-checks"),
    Section(url_name="products:list", label=_("Products"), icon="package", may=may(Kind.PRODUCT)),
    Section(
        url_name="sales:funnel",
        label=_("Sales"),
        icon="chart-line",
        sells_to=TO_COMPANIES,
        may=access.may_see_reports,
    ),
    Section(
        url_name="insight:base",
        label=_("Customer base"),
        icon="chart-column",
        sells_to=TO_PEOPLE,
        may=access.may_see_reports,
    ),
    Section(url_name="segments:list", label=_("Segments"), icon="users-round", may=may(Kind.SEGMENT)),
    Section(url_name="imports:list", label=_("Imports"), icon="file-up", may=access.may_import),
)
CREATIONS = (
    Section(
        url_name="companies:new",
        label=_("Company"),
        icon="building-2",
        sells_to=TO_COMPANIES,
        may=may(Kind.COMPANY, Action.ADD),
    ),
    Section(url_name="people:new", label=_("Person"), icon="user-plus", may=may(Kind.PERSON, Action.ADD)),
    Section(
        url_name="deals:new",
        label=_("Deal"),
        icon="square-kanban",
        sells_to=TO_COMPANIES,
        may=may(Kind.DEAL, Action.ADD),
    ),
    Section(url_name="products:new", label=_("Product"), icon="package", may=may(Kind.PRODUCT, Action.ADD)),
    Section(url_name="imports:new", label=_("Import a file"), icon="file-up", may=access.may_import),
)


def context(request: HttpRequest) -> dict[str, Any]:
    """Context of the frame. Nothing is asked of the database before a page shows the frame.

    A request that is refused at the door, as under another host's name, has no user yet.
    """
    user = getattr(request, "user", None)
    theme = theme_of(request)
    common = {
        "page_language": get_language() or settings.LANGUAGE_CODE,
        "theme_choice": theme,
        "theme_name": THEMES.get(theme, ""),
    }
    if not isinstance(user, User):
        return common
    organisation = cast(Organisation, SimpleLazyObject(queries.organisation))
    return common | {
        "organisation": organisation,
        "navigation": SimpleLazyObject(lambda: links(SECTIONS, request, user, organisation)),
        "creations": SimpleLazyObject(lambda: creations(request, user, organisation)),
        "may": access.May(user),
        "may_import": access.may_import(user),
        "may_configure": access.may_configure(user),
        "on_a_phone": f":{ON_A_PHONE}",
        "after_phone": f"{ON_A_PHONE}:",
    }


def theme_of(request: HttpRequest) -> str:
    """`light`, `dark`, or empty for what the device prefers: the user's choice, a visitor's cookie."""
    chosen = getattr(getattr(request, "user", None), "theme", "") or request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


def creations(request: HttpRequest, user: User, organisation: Organisation) -> list[Link]:
    """What the user may make; nothing for a role that only looks."""
    return links(CREATIONS, request, user, organisation)


def links(sections: tuple[Section, ...], request: HttpRequest, user: User, organisation: Organisation) -> list[Link]:
    """The sections that this company needs and this user may open."""
    shown = []
    for section in sections:
        if organisation.sells_to not in section.sells_to or not section.may(user):
            continue
        try:
            address = reverse(section.url_name)
        except NoReverseMatch:
            continue
        shown.append(Link(address, section.label, section.icon, is_current(request, section)))
    return shown


def is_current(request: HttpRequest, section: Section) -> bool:
    """Whether the page belongs to the section: each folder of `web/` is one."""
    match = request.resolver_match
    return match is not None and match.namespace in {section.url_name.partition(":")[0], *section.holds}
