"""What a rule names: colleagues, teams, products, pipelines, stages, other segments; found, and shown by name."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from rapport.commerce.models import Product
from rapport.core.errors import RapportError
from rapport.core.text import fold
from rapport.deals.models import Pipeline, Stage
from rapport.identity.models import Team, User
from rapport.identity.queries import organisation
from rapport.segments import rules
from rapport.segments.catalogue import FIELDS, is_seen
from rapport.segments.fields import Condition
from rapport.segments.models import Segment
from rapport.segments.operators import Kind
from rapport.segments.rules import Group, Problem, WrongRule

Finder = Callable[[str], "QuerySet[Any, Any]"]
FINDERS: dict[str, tuple[Any, Callable[[str], Q]]] = {
    "users": (User, lambda name: Q(email__iexact=name)),
    "teams": (Team, lambda name: Q(name=name)),
    "products": (Product, lambda name: Q(external_id=name) | Q(sort_name=fold(name)[:300], archived_at__isnull=True)),
    "pipelines": (Pipeline, lambda name: Q(name=name)),
    "stages": (Stage, lambda name: Q(name=name)),
    "segments": (Segment, lambda name: Q(name=name)),
}


class Ring(RapportError):
    """Segments that ask about one another in a ring."""


def resolved(rule: Group, *, user: User | None = None) -> Group:
    """The rule with numbers for names, and the company's currency where none is said.

    A product is named by its code or name, a colleague by e-mail, all others by name. What the user may not see, a
    field or a segment, is told as absent; without a user all are seen. Raises WrongRule.
    """
    unknown: list[Problem] = []
    found: Group = rules.changed(rule, lambda condition: _resolved(condition, unknown, user))
    if unknown:
        raise WrongRule(unknown)
    return found


def _resolved(condition: Condition, unknown: list[Problem], user: User | None) -> Condition:
    asked = FIELDS[condition.field]
    if not is_seen(asked, user):
        unknown.append(Problem((), _("there is no field “%(name)s”") % {"name": condition.field}))
    options = dict(condition.options)
    if asked.kind is Kind.REFERENCE and condition.value:
        condition = replace(condition, value=_numbers(asked.choices, condition.value, unknown, user))
    for option in asked.options:
        if option.kind == "references" and option.name in options:
            options[option.name] = _numbers(option.choices, options[option.name], unknown, user)
    needs = "currency" in {option.name for option in asked.options} and (
        not any(option.name == "amount_at_least" for option in asked.options) or "amount_at_least" in options
    )
    if needs:
        options.setdefault("currency", organisation().currency)
    else:
        options.pop("currency", None)
    ordered = tuple((option.name, options[option.name]) for option in asked.options if option.name in options)
    return replace(condition, options=ordered)


def _numbers(kind: str, given: Iterable[int | str], unknown: list[Problem], user: User | None) -> tuple[int, ...]:
    model, named = FINDERS[kind]
    wanted = list(given)
    rows = model.objects.live() if kind == "segments" else model.objects.all()
    if kind == "segments" and user is not None:
        rows = rows.visible_to(user)
    known = set(rows.filter(pk__in=[one for one in wanted if isinstance(one, int)]).values_list("pk", flat=True))
    found: set[int] = set()
    for one in wanted:
        ids = {one} & known if isinstance(one, int) else set(rows.filter(named(one)).values_list("pk", flat=True))
        if not ids:
            unknown.append(Problem((), _absent(kind) % {"name": one}))
        found |= ids
    return tuple(sorted(found))


def _absent(kind: str) -> str:
    absent = {
        "users": _("There is no colleague “%(name)s”."),
        "teams": _("There is no team “%(name)s”."),
        "products": _("There is no product “%(name)s”."),
        "pipelines": _("There is no pipeline “%(name)s”."),
        "stages": _("There is no stage “%(name)s”."),
        "segments": _("There is no segment “%(name)s”."),
    }
    return absent[kind]


def names(kind: str, numbers: Iterable[int]) -> dict[int, str]:
    """What the records of these numbers are called."""
    model, _named = FINDERS[kind]
    found = model.objects.filter(pk__in=list(numbers))
    if kind == "stages":
        found = found.select_related("pipeline")
        return {one.pk: f"{one.pipeline} · {one}" for one in found}
    return {one.pk: str(one) for one in found}


def check_ring(*, segment_id: int | None, rule: Group, rules_of: dict[int, Group]) -> None:
    """Raises Ring where the segment would, through others, ask about itself; `rules_of` are the stored rules."""
    if segment_id is None:
        return
    known = {number: rules.segments_of(each) for number, each in rules_of.items()}
    known[segment_id] = rules.segments_of(rule)
    way = _way_back(segment_id, known)
    if way:
        called = names("segments", way)
        shown = " → ".join(f"“{called.get(number, number)}”" for number in way)
        raise Ring(_("Segments may not ask about one another in a ring: %(ring)s.") % {"ring": shown})


def _way_back(start: int, known: dict[int, set[int]]) -> list[int]:
    """The way from a segment back to itself; empty where there is none."""
    ways = [[start]]
    seen: set[int] = set()
    while ways:
        way = ways.pop()
        for number in sorted(known.get(way[-1], set())):
            if number == start:
                return [*way, start]
            if number not in seen:
                seen.add(number)
                ways.append([*way, number])
    return []


def in_order(rules_of: dict[int, Group]) -> list[int]:
    """The segments, each after those it asks about."""
    ordered: list[int] = []
    seen: set[int] = set()

    def visit(number: int) -> None:
        if number in seen or number not in rules_of:
            return
        seen.add(number)
        for other in sorted(rules.segments_of(rules_of[number])):
            visit(other)
        ordered.append(number)

    for number in sorted(rules_of):
        visit(number)
    return ordered


def with_asked(wanted: Iterable[int], rules_of: dict[int, Group]) -> set[int]:
    """The segments and all that they ask about, directly or through others."""
    found: set[int] = set()
    rest = list(wanted)
    while rest:
        number = rest.pop()
        if number not in found and number in rules_of:
            found.add(number)
            rest.extend(rules.segments_of(rules_of[number]))
    return found
