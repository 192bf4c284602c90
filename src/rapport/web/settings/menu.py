"""The menu of the settings: what there is, in groups, as far as the user may and this company needs it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.identity import access, queries
from rapport.identity.models import User
from rapport.web.shell import TO_COMPANIES, Selling

Label = str | Promise


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A page of the settings and those behind it, by their names in its namespace; who may use it, and for whom it is.

    What a company that does not sell that way has open before it is shown all the same.
    """

    url_name: str
    label: Label
    pages: frozenset[str] = frozenset()
    sells_to: frozenset[str] = frozenset(Selling)
    may: Callable[[User], bool] = access.may_configure


@dataclass(frozen=True)
class Link:
    """An entry as one page shows it; `current` is what `aria-current` says, "" elsewhere."""

    address: str
    label: Label
    current: str


@dataclass(frozen=True)
class Group:
    """Entries under one heading."""

    label: Label
    links: list[Link]

    @property
    def is_current(self) -> bool:
        """Whether the page that is open stands here."""
        return any(link.current for link in self.links)


@dataclass(frozen=True)
class Menu:
    """The groups that are not empty."""

    groups: list[Group]

    @property
    def group(self) -> Label:
        """The heading over the page that is open."""
        return next((group.label for group in self.groups if group.is_current), _("Settings"))

    @property
    def title(self) -> Label:
        """What the page that is open is called."""
        return next((link.label for group in self.groups for link in group.links if link.current), _("Settings"))


def _entry(url_name: str, label: Label, pages: str = "", *, sells_to: frozenset[str] = frozenset(Selling)) -> Entry:
    return Entry(url_name=url_name, label=label, pages=frozenset(pages.split()), sells_to=sells_to)


GROUPS: tuple[tuple[Label, tuple[Entry, ...]], ...] = (
    (
        _("Your company"),
        (_entry("settings:organisation", _("Company profile")), _entry("settings:rates", _("Exchange rates"))),
    ),
    (
        _("Colleagues and access"),
        (
            _entry("settings:users", _("Users"), "new-user user entry-link"),
            _entry("settings:teams", _("Teams"), "new-team team"),
            _entry("settings:roles", _("Roles and rights"), "new-role role remove-role"),
            _entry("settings:sign-in", _("Signing in")),
        ),
    ),
    (
        _("Selling"),
        (
            _entry(
                "settings:pipelines", _("Pipelines"),
                "new-pipeline pipeline add-stage stage add-requirement empty-stage", sells_to=TO_COMPANIES,
            ),
            _entry("settings:loss-reasons", _("Reasons for loss"), "loss-reason", sells_to=TO_COMPANIES),
            _entry("settings:committee", _("Buying committees"), sells_to=TO_COMPANIES),
            _entry(
                "settings:quotes", _("Quotes"), "new-tax-rate tax-rate new-approval-rule approval-rule",
                sells_to=TO_COMPANIES,
            ),
            _entry("settings:advice", _("Advice"), sells_to=TO_COMPANIES),
            _entry("settings:health", _("Health of accounts"), sells_to=TO_COMPANIES),
        ),
    ),
    (
        _("Records and data"),
        (
            _entry("settings:own-fields", _("Own fields"), "fields new-field field field-type delete-field field-step"),
            _entry("settings:privacy", _("Personal data"), "new-privacy-request privacy-request privacy-terms"),
            _entry("bulk:past", _("Changes of many records")),
            _entry("settings:history", pgettext_lazy("record", "History")),
        ),
    ),
    (
        _("Other programs"),
        (
            _entry("settings:tokens", _("Tokens")),
            _entry("settings:webhooks", _("Webhooks"), "new-webhook webhook remove-webhook webhook-secret"),
        ),
    ),
)  # fmt: skip


def menu(request: HttpRequest) -> Menu:
    """The menu as the user of the request has it, with the page that is open."""
    user, sells_to = cast(User, request.user), queries.organisation().sells_to
    found = []
    for label, entries in GROUPS:
        links = []
        for entry in entries:
            current = _current(request, entry)
            if entry.may(user) and (current or sells_to in entry.sells_to):
                links.append(Link(reverse(entry.url_name), entry.label, current))
        if links:
            found.append(Group(label, links))
    return Menu(found)


def _current(request: HttpRequest, entry: Entry) -> str:
    """`page` on the page itself, `true` on those behind it."""
    match = request.resolver_match
    namespace, _colon, name = entry.url_name.partition(":")
    if match is None or match.namespace != namespace:
        return ""
    return "page" if match.url_name == name else "true" if match.url_name in entry.pages else ""
