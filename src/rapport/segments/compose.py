"""A rule becomes one query.

Conditions on the person's own row are plain WHERE; any other condition is a set of people, joined by a semi-join
(EXISTS) or an anti-join (NOT EXISTS). A group of alternatives is one union of sets, since PostgreSQL can join to a
union but not to sets tied by OR, which it would ask row by row.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, F, Func, Q, QuerySet, Subquery

from rapport.people.models import Person
from rapport.segments.catalogue import FIELDS
from rapport.segments.fields import Condition, InSet, Scope
from rapport.segments.rules import Group, Part


class Among(Func):
    """Whether a person's id is in one of several sets; PostgreSQL makes a hash join of it."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, person: Any, *sets: Any) -> None:
        super().__init__(person, *(each if hasattr(each, "as_sql") else Subquery(each) for each in sets))

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]
        """`EXISTS (SELECT FROM (set UNION ALL set) found(person_id) WHERE found.person_id = person)`."""
        person, *sets = self.get_source_expressions()
        person_sql, person_params = compiler.compile(person)
        compiled = [compiler.compile(each) for each in sets]
        union = " UNION ALL ".join(sql for sql, _params in compiled)
        params = [param for _sql, params in compiled for param in params]
        sql = f"EXISTS (SELECT 1 FROM ({union}) found(person_id) WHERE found.person_id = {person_sql})"
        return sql, (*params, *person_params)


def people(rule: Group, scope: Scope) -> "QuerySet[Any, Any]":
    """The people, not archived, for whom the rule holds, among those asked about."""
    return _asked(scope).filter(_term(rule, scope))


def _asked(scope: Scope) -> "QuerySet[Any, Any]":
    return scope.narrowed(Person.objects.live(), "pk")


def _term(part: Part, scope: Scope) -> Q:
    """The part as a condition on people."""
    if isinstance(part, Condition):
        return _condition(part, scope)
    if part.how == "all":
        found = Q()
        for each in part.parts:
            found &= _term(each, scope)
        return found
    any_of = _any(part.parts, scope)
    return any_of if part.how == "any" else ~any_of


def _condition(condition: Condition, scope: Scope) -> Q:
    found = FIELDS[condition.field].find(condition, scope)
    if isinstance(found, Q):
        return found
    among = Q(Among(F("pk"), found.rows))
    return among if found.inside else ~among


def _any(parts: Sequence[Part], scope: Scope) -> Q:
    """Alternatives: those on the person's row are tied by OR, all others become one union."""
    plain = Q()
    sets: list[Any] = []
    for part in parts:
        if _is_plain(part):
            plain |= _term(part, scope)
            continue
        found = FIELDS[part.field].find(part, scope) if isinstance(part, Condition) else None
        if isinstance(found, InSet) and found.inside:
            sets.append(found.rows)
        else:
            sets.append(_asked(scope).filter(_term(part, scope)).values("pk"))
    if not sets:
        return plain
    if plain:
        sets.append(_asked(scope).filter(plain).values("pk"))
    return Q(Among(F("pk"), *sets))


def _is_plain(part: Part) -> bool:
    """Whether the part asks only what stands on the person's own row."""
    if isinstance(part, Condition):
        return FIELDS[part.field].column
    return all(_is_plain(each) for each in part.parts)
