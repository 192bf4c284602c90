"""What the page of a list shows: its views, chips, what can be added, columns to choose, and the rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import parse_qsl

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.core import clock
from rapport.identity.models import User
from rapport.identity.rights import Kind
from rapport.lists import access, asked, catalogue, queries, views
from rapport.lists.asked import Asked, Problem, Wanted
from rapport.lists.bulk import operations
from rapport.lists.operators import ValueKind
from rapport.lists.queries import ListPage
from rapport.lists.shape import Catalogue, Column, Filter
from rapport.lists.views import View
from rapport.web.lists import saying
from rapport.web.lists.kinds import KINDS, ListKind

# Says that a kept view is to be shown without the filters that it has lost.
WITHOUT = "without"
# What the page is asked beside the list itself.
OURS = (
    "adding",
    "with",
    "op",
    "given",
    "called",
    "instead",
    "up",
    "down",
    "choosing",
    "keeping",
    "format",
    "mark",
    WITHOUT,
)
WORDS = "words"


@dataclass(frozen=True)
class Chip:
    """A filter at work: how it is said, and where it is changed and taken away."""

    name: str
    label: str
    said: str
    change: str
    remove: str


@dataclass(frozen=True)
class Tab:
    """A view as a tab."""

    view: View
    address: str
    is_current: bool


@dataclass(frozen=True)
class Heading:
    """A column of the table: where it is sorted, and how it is at present."""

    column: Column
    address: str
    direction: str


@dataclass(kw_only=True)
class Screen:
    """Everything the page of a list shows."""

    words: ListKind
    user: User
    catalogue: Catalogue
    asked: Asked
    views: list[View]
    first: str
    page: ListPage | None = None
    is_without: bool = False

    @cached_property
    def path(self) -> str:
        """Where the list is."""
        return reverse(self.words.address)

    @property
    def view(self) -> View:
        """The view that the list began from."""
        return next((view for view in self.views if view.code == self.asked.view), self.views[0])

    @property
    def is_changed(self) -> bool:
        """Whether the list is asked for something else than its view."""
        return self.is_without or not self._is_view(self._effective(self.asked))

    @property
    def lost(self) -> list[Problem]:
        """The filters of the view that cannot be asked any more."""
        return [each for each in self.view.asked.problems if each.widens]

    @property
    def is_held(self) -> bool:
        """Whether the view's rows are not shown, since without what it lost it would show others than it means."""
        return bool(self.lost) and not self.is_without and self._is_view(self._effective(self.asked))

    @property
    def without(self) -> str:
        """Where the view is shown without what it lost."""
        return f"{self.path}?{Asked(view=self.view.code).query()}&{WITHOUT}=1"

    def _effective(self, given: Asked) -> Asked:
        return replace(
            given,
            columns=tuple(column.code for column in asked.shown_columns(self.catalogue, given)),
            sort=given.sort or self.catalogue.sort_at_first,
        )

    def _is_view(self, effective: Asked) -> bool:
        """Whether this is what the view asks for."""
        return effective.state() == self._effective(self.view.asked).state()

    def _beyond_view(self, effective: Asked) -> str:
        """As a query string that names the view, without the columns that it has anyway."""
        columns = () if effective.columns == self._effective(self.view.asked).columns else effective.columns
        return replace(effective, columns=columns, view=self.view.code).query()

    def query(self, given: Asked) -> str:
        """The shortest query string that asks for this."""
        effective = self._effective(given)
        if not self._is_view(effective):
            return self._beyond_view(effective)
        return Asked(view=self.view.code).query() + (f"&{WITHOUT}=1" if self.is_without else "")

    def address(self, given: Asked, **more: str) -> str:
        """Where the list is asked for this."""
        further = QueryDict(mutable=True)
        further.update(more)
        parts = [part for part in (self.query(given), further.urlencode()) if part]
        return f"{self.path}?{'&'.join(parts)}"

    @property
    def here(self) -> str:
        """Where the list is asked for what it shows."""
        return self.address(self.asked)

    @property
    def further(self) -> str:
        """Where the next page is."""
        assert self.page is not None
        return self.address(self.asked, cursor=self.page.next_cursor)

    @property
    def everything(self) -> str:
        """Where the list is without any filter, with the same columns and in the same order."""
        return self.address(replace(self.asked, filters=()))

    def hidden(self, given: Asked) -> list[tuple[str, str]]:
        """All of it as hidden fields of a form, the view's own part included: a field more is a filter more."""
        return parse_qsl(self._beyond_view(self._effective(given)))

    @property
    def searched(self) -> str:
        """The words in the search box."""
        found = self.asked.of(WORDS)
        return found.values[0] if found else ""

    @property
    def has_search(self) -> bool:
        """Whether this list has a search box."""
        return WORDS in self.catalogue.filters

    @property
    def search_label(self) -> str:
        """What the search box asks for."""
        return str(self.catalogue.filters[WORDS].label)

    @property
    def beside_search(self) -> list[tuple[str, str]]:
        """What goes with the words, as hidden fields."""
        return self.hidden(self.asked.without(f"{WORDS}.has"))

    @property
    def chips(self) -> list[Chip]:
        """The filters at work, but for the words of the search box."""
        return [self._chip(each) for each in self.asked.filters if each.code != WORDS]

    def _chip(self, wanted: Wanted) -> Chip:
        chosen = self.catalogue.filters[wanted.code]
        return Chip(
            name=wanted.name,
            label=str(chosen.label),
            said=saying.said(chosen, wanted),
            change=self.address(self.asked, adding=wanted.name),
            remove=self.address(self.asked.without(wanted.name)),
        )

    @property
    def tabs(self) -> list[Tab]:
        """The views."""
        current = self.view.code
        return [Tab(view, f"{self.path}?view={view.code}", view.code == current) for view in self.views]

    @property
    def headings(self) -> list[Heading]:
        """The columns of the table."""
        assert self.page is not None
        sort = self.asked.sort or self.catalogue.sort_at_first
        return [self._heading(column, sort) for column in self.page.columns]

    def _heading(self, column: Column, sort: str) -> Heading:
        code = column.code
        wanted = f"-{code}" if sort == code else code
        direction = {code: "ascending", f"-{code}": "descending"}.get(sort, "")
        return Heading(column, self.address(replace(self.asked, sort=wanted)) if column.sortable else "", direction)

    @property
    def to_add(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """What can be asked for, by group: (label, address); what is asked for often stands first."""
        offered = [each for each in self.catalogue.filters.values() if each.kind is not ValueKind.WORDS]
        often = [each for each in offered if each.is_first]
        return self._grouped(offered, [(_("Often asked for"), often)] if often else [])

    def _grouped(
        self, offered: Iterable[Filter], begin: Sequence[tuple[str, list[Filter]]]
    ) -> list[tuple[str, list[tuple[str, str]]]]:
        groups: dict[str, list[Filter]] = {str(label): list(some) for label, some in begin}
        for each in offered:
            if not each.is_first or not begin:
                groups.setdefault(str(each.group), []).append(each)
        adding = self.address(self.asked, adding="")
        return [(label, [(str(each.label), f"{adding}{each.code}") for each in some]) for label, some in groups.items()]

    @property
    def chosen_columns(self) -> list[Column]:
        """The columns that are shown, in order."""
        return asked.shown_columns(self.catalogue, self.asked)

    @property
    def other_columns(self) -> list[tuple[str, list[Column]]]:
        """Those that are not, by group."""
        shown, groups = {column.code for column in self.chosen_columns}, dict[str, list[Column]]()
        for column in self.catalogue.columns.values():
            if column.code not in shown:
                groups.setdefault(str(column.group), []).append(column)
        return list(groups.items())

    @property
    def beside_columns(self) -> list[tuple[str, str]]:
        """What goes with the columns, as hidden fields."""
        full = replace(self._effective(self.asked), view=self.view.code)
        return [(name, value) for name, value in parse_qsl(full.query()) if name != "columns"]

    @property
    def whole_state(self) -> str:
        """Everything that is asked for, for a view to be kept."""
        return replace(self._effective(self.asked), view="").query()

    @property
    def may_export(self) -> bool:
        """Whether the list may be taken out as a file."""
        return access.may_export(self.user, self.catalogue.kind)

    @property
    def may_change_many(self) -> bool:
        """Whether the user may change many of these at once."""
        return operations.may(self.user, self.catalogue.kind)

    @property
    def may_change_view(self) -> bool:
        """Whether the view is one's own."""
        return self.view.is_mine


def read(request: HttpRequest, kind: Kind, *, by_default: str = "") -> Screen:
    """The list as it is asked for, as yet without its rows.

    A list that is asked for nothing begins with the view that the user chose for that, else with `by_default`.
    """
    user = request.user
    assert isinstance(user, User)
    found = catalogue.of(kind, user=user, now=clock.now())
    offered = views.of_list(found, user=user)
    first = views.first_of(user, kind)
    given = asked.read(found, request.GET, ignored=OURS)
    code = given.view
    if not (set(request.GET) - {"cursor"} - set(OURS)):
        code = first or by_default
    view = next((each for each in offered if each.code == code), offered[0])
    if view.asked.problems:
        view = views.explained(view, kind=kind, user=user)
        offered = [view if each.code == view.code else each for each in offered]
    if not given.filters and not given.columns and not given.sort and not given.problems:
        given = replace(view.asked, view=view.code)
    else:
        lost = (each for each in view.asked.problems if each.widens)
        given = replace(
            given,
            view=view.code,
            columns=given.columns or view.asked.columns,
            sort=given.sort or view.asked.sort,
            problems=(*given.problems, *lost),
        )
    is_without = WITHOUT in request.GET and any(each.widens for each in view.asked.problems)
    return Screen(
        words=KINDS[kind], user=user, catalogue=found, asked=given, views=offered, first=first, is_without=is_without
    )


def fill(screen: Screen, *, cursor: str = "") -> Screen:
    """The same with its rows; without any where its view lost a filter."""
    if screen.is_held:
        screen.page = ListPage(columns=screen.chosen_columns)
        return screen
    screen.page = queries.page_of(screen.catalogue, user=screen.user, asked=screen.asked, cursor=cursor)
    return screen
