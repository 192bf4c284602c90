"""What a list is asked for: filters, columns, order; read from a query string or a kept view, and written as one.

A filter is written `province=Huế`, or with its operator `revenue.at_least=1000`; a value that is one of several is
repeated, from and to are written `2026-01-01..2026-01-31`. `columns` names columns with commas between, `sort` one of
them, with `-` before it for the other direction. A custom field is named `custom.code`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from rapport.lists.operators import NO, YES, Shape, ValueKind, WrongValue
from rapport.lists.shape import Catalogue, Column, Filter

RESERVED = frozenset({"columns", "sort", "view", "cursor"})
MOST_FILTERS = 30


@dataclass(frozen=True)
class Wanted:
    """One filter at work: its code, operator, and values as they are written."""

    code: str
    operator: str
    values: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As a query string names it."""
        return f"{self.code}.{self.operator}"


@dataclass(frozen=True)
class Problem:
    """Something asked for that cannot be had: how it was named, and why in words. `widens` says that it was a filter,
    without which more rows fit."""

    name: str
    message: str
    widens: bool = False


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a list is asked for. Everything in it is known to the catalogue; `problems` tell what was left out."""

    filters: tuple[Wanted, ...] = ()
    columns: tuple[str, ...] = ()
    sort: str = ""
    view: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def is_narrow(self) -> bool:
        """Whether anything is asked for beyond what is there."""
        return bool(self.filters)

    def of(self, code: str) -> Wanted | None:
        """The first filter of this code that is at work."""
        return next((each for each in self.filters if each.code == code), None)

    def added(self, wanted: Wanted, *, instead_of: str = "") -> "Asked":
        """With one more filter, in the place of the one that is so named or that asks the same."""
        kept = [each for each in self.filters if each.name not in (instead_of, wanted.name)]
        places = [place for place, each in enumerate(self.filters) if each.name in (instead_of, wanted.name)]
        kept.insert(places[0] if places else len(kept), wanted)
        return replace(self, filters=tuple(kept))

    def without(self, name: str) -> "Asked":
        """Without the filter of this name."""
        return replace(self, filters=tuple(each for each in self.filters if each.name != name))

    def query(self) -> str:
        """As a query string, from which `read` makes the same again."""
        found = QueryDict(mutable=True)
        for each in self.filters:
            found.setlistdefault(_written_name(each)).extend(_written_values(each))
        if self.columns:
            found["columns"] = ",".join(self.columns)
        if self.sort:
            found["sort"] = self.sort
        if self.view:
            found["view"] = self.view
        return found.urlencode(safe=",")

    def state(self) -> dict[str, Any]:
        """As a view keeps it."""
        return {
            "filters": [[each.code, each.operator, list(each.values)] for each in self.filters],
            "columns": list(self.columns),
            "sort": self.sort,
        }


def _written_name(wanted: Wanted) -> str:
    return wanted.code if wanted.operator in ("yes", "no") else wanted.name


def _written_values(wanted: Wanted) -> Sequence[str]:
    if wanted.operator in ("yes", "no"):
        return (wanted.operator,)
    return wanted.values or ("1",)


def read(catalogue: Catalogue, given: QueryDict | Mapping[str, Any], *, ignored: Iterable[str] = ()) -> Asked:
    """What a query string asks for. What it names beyond the catalogue, other than `ignored`, becomes a problem.

    An empty value asks for nothing, as fields of a form that were left empty.
    """
    pairs = given.lists() if isinstance(given, QueryDict) else [(name, _listed(value)) for name, value in given.items()]
    left_out, filters, problems = RESERVED | frozenset(ignored), list[Wanted](), list[Problem]()
    for name, values in pairs:
        texts = [str(value).strip() for value in values if str(value).strip()]
        if name in left_out or not texts:
            continue
        _take(catalogue, name, texts, filters, problems)
    several = given.getlist("columns") if isinstance(given, QueryDict) else _listed(given.get("columns"))
    columns, unknown = _columns(catalogue, several)
    sort, unsorted = _sort(catalogue, str(given.get("sort", "")))
    return Asked(
        filters=tuple(filters),
        columns=columns,
        sort=sort,
        view=str(given.get("view", ""))[:40],
        problems=(*problems, *unknown, *unsorted),
    )


def from_state(catalogue: Catalogue, state: Mapping[str, Any], *, view: str = "") -> Asked:
    """What a kept view asks for; what the reader may not see, or what is no longer there, becomes a problem."""
    filters: list[Wanted] = []
    problems: list[Problem] = []
    for code, operator, values in state.get("filters", ()):
        _take(catalogue, f"{code}.{operator}", list(values) or ["1"], filters, problems)
    columns, unknown = _columns(catalogue, [str(each) for each in state.get("columns", ())])
    sort, unsorted = _sort(catalogue, str(state.get("sort", "")))
    return Asked(
        filters=tuple(filters), columns=columns, sort=sort, view=view, problems=(*problems, *unknown, *unsorted)
    )


def wanted(catalogue: Catalogue, name: str, values: Sequence[str]) -> Wanted:
    """One filter by its name, as `revenue.at_least`, checked. Raises WrongValue."""
    chosen, operator = _split(catalogue, name, values)
    if operator not in chosen.operators:
        raise WrongValue(_("it cannot be asked for like that"))
    texts = tuple(dict.fromkeys(text for value in values if (text := value.strip())))
    chosen.read(operator, texts)
    return Wanted(chosen.code, operator, () if chosen.operators[operator].shape is Shape.NOTHING else texts)


def shown_columns(catalogue: Catalogue, asked: Asked) -> list[Column]:
    """The columns of a list: those asked for, else those it begins with. What names the record is always there."""
    codes = asked.columns or catalogue.columns_at_first
    with_name = codes if catalogue.name_column in codes else (catalogue.name_column, *codes)
    return [catalogue.columns[code] for code in with_name if code in catalogue.columns]


def _take(
    catalogue: Catalogue, name: str, texts: Sequence[str], filters: list[Wanted], problems: list[Problem]
) -> None:
    """Add the filter, or the problem with it."""
    try:
        found = wanted(catalogue, name, texts)
    except WrongValue as wrong:
        problems.append(Problem(name, str(wrong), widens=True))
        return
    if len(filters) >= MOST_FILTERS:
        message = _("at most %(most)s filters are asked for at once") % {"most": MOST_FILTERS}
        problems.append(Problem(name, message, widens=True))
    elif found not in filters:
        filters.append(found)


def _split(catalogue: Catalogue, name: str, values: Sequence[str]) -> tuple[Filter, str]:
    """The filter and the operator that a name means. Raises WrongValue."""
    name = catalogue.filters_before.get(name, name)
    code, _dot, operator = name.rpartition(".")
    if name in catalogue.filters:
        chosen = catalogue.filters[name]
        return chosen, _meant(chosen, values)
    if code in catalogue.filters:
        return catalogue.filters[code], operator
    raise WrongValue(_("there is no such filter"))


def _meant(chosen: Filter, values: Sequence[str]) -> str:
    """The operator where none is named: yes or no by the value, else the first."""
    if chosen.kind is not ValueKind.YES_NO:
        return next(iter(chosen.operators))
    answer = values[-1].strip().lower()
    if answer not in YES | NO | {"unknown", "known"}:
        raise WrongValue(_("yes or no is needed"))
    return "yes" if answer in YES else "no" if answer in NO else answer


def _columns(catalogue: Catalogue, given: Sequence[str]) -> tuple[tuple[str, ...], list[Problem]]:
    codes = [code for each in given for part in each.split(",") if (code := part.strip())]
    known = tuple(dict.fromkeys(code for code in codes if code in catalogue.columns))
    return known, [Problem(code, _("there is no such column")) for code in codes if code not in catalogue.columns]


def _sort(catalogue: Catalogue, given: str) -> tuple[str, list[Problem]]:
    if not given:
        return "", []
    found = catalogue.sort(given)
    if found is None:
        return "", [Problem(given, _("lists are not sorted by this"))]
    column, descending = found
    return f"-{column.code}" if descending else column.code, []


def _listed(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)] if value else []
