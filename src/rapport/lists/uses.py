"""Which kept views ask for an own field, or for one of its choices: asked before that goes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from rapport.fields.definitions import Definition
from rapport.identity.models import User
from rapport.lists.models import SavedView


@dataclass(frozen=True, kw_only=True)
class Uses:
    """The views that filter by it and that the user may see, their own first; how many further ones colleagues keep
    for themselves or for their team; how many show it as a column or are sorted by it."""

    seen: list[SavedView]
    hidden: int
    shown_in: int = 0

    @property
    def filters(self) -> int:
        """How many views filter by it."""
        return len(self.seen) + self.hidden


def of_field(definition: Definition, *, user: User) -> Uses:
    """The views that ask for the field; three queries."""
    kept, name = SavedView.objects.filter(kind=definition.kind), definition.name
    shown = Q(state__columns__contains=[name]) | Q(state__sort__in=[name, f"-{name}"])
    found = _filtering(definition, [[[name]]], user=user)
    return Uses(seen=found.seen, hidden=found.hidden, shown_in=kept.filter(shown).count())


def of_choices(definition: Definition, codes: Sequence[str], *, user: User) -> Uses:
    """The views that filter by one of the choices; two queries."""
    return _filtering(definition, [[[definition.name, [code]]] for code in codes], user=user)


def _filtering(definition: Definition, asked: Sequence[object], *, user: User) -> Uses:
    """The views one of whose filters, each (code, operator, values), holds what is asked."""
    condition = Q(pk=-1)
    for each in asked:
        condition |= Q(state__filters__contains=each)
    kept = SavedView.objects.filter(condition, kind=definition.kind)
    seen = kept.visible_to(user).select_related("owner")
    rows = sorted(seen, key=lambda view: (view.owner_id != user.pk, view.name.casefold(), view.pk))
    return Uses(seen=rows, hidden=kept.exclude(pk__in=[view.pk for view in rows]).count())
