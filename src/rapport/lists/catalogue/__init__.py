"""What there is to ask and to show of the records of each kind."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from rapport.identity.models import User
from rapport.identity.rights import Kind
from rapport.lists.catalogue import companies, custom, deals, orders, people, products, tasks
from rapport.lists.shape import Catalogue, Filter, Reader

Provider = Callable[[Reader], Iterable[Filter]]
_BUILDERS: dict[Kind, Callable[[Reader], Catalogue]] = {
    Kind.PERSON: people.catalogue,
    Kind.COMPANY: companies.catalogue,
    Kind.DEAL: deals.catalogue,
    Kind.ORDER: orders.catalogue,
    Kind.PRODUCT: products.catalogue,
    Kind.TASK: tasks.catalogue,
}
KINDS = tuple(_BUILDERS)
_FURTHER: dict[Kind, list[Provider]] = {kind: [] for kind in KINDS}


def register(kind: Kind, provider: Provider) -> None:
    """Let an app beside this one offer filters of a kind; each once."""
    if provider not in _FURTHER[kind]:
        _FURTHER[kind].append(provider)


def of(kind: Kind, *, user: User, now: datetime) -> Catalogue:
    """What the user can ask and be shown of the records of a kind, custom fields included; at most two queries.

    Conditions and columns reach no further than the user may see, and days are counted from `now`.
    """
    reader = Reader(user, now)
    found = _BUILDERS[kind](reader)
    further = [each for provider in _FURTHER[kind] for each in provider(reader)]
    filters, columns = custom.of(kind, reader)
    return replace(
        found,
        filters={**found.filters, **{each.code: each for each in (*further, *filters)}},
        columns={**found.columns, **{each.code: each for each in columns}},
    )
