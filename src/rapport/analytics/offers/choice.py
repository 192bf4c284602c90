"""Which of the candidates a person is offered, and in which order."""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from rapport.analytics.offers.scores import Model

MOST = 3
AGAIN, NEW = "again", "new"
COLUMNS = ("person_id", "product_id", "link_id", "score", "place", "kind")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the offers follow: our models where they won, else the plain order; `mixed` lets both kinds compete.

    Without `again`, own products come by how often and how lately; without `new`, others by how popular they are.
    """

    again: Model | None = None
    new: Model | None = None
    mixed: bool = False


def best_again(candidates: ir.Table, model: Model | None) -> ir.Table:
    """Up to three own products of each person, none within its repurchase interval: rows of `COLUMNS`."""
    found = candidates.filter(~candidates.too_soon)
    if model is not None:
        return _best(found.mutate(score=model.score(found)), "score", kind=AGAIN)
    return _best(found.mutate(score=ibis.null("float64")), "times", "last_on", kind=AGAIN)


def plain_again(owned: ir.Table) -> ir.Table:
    """The baseline: the three own products bought most often, then latest, also within their interval."""
    return _best(owned.mutate(score=ibis.null("float64")), "times", "last_on", kind=AGAIN)


def best_new(candidates: ir.Table, model: Model | None) -> ir.Table:
    """Up to three products each person never bought: rows of `COLUMNS`."""
    if model is not None:
        return _best(candidates.mutate(score=model.score(candidates)), "score", kind=NEW)
    return _best(candidates.mutate(score=ibis.null("float64")), "common", kind=NEW)


def together(again: ir.Table, new: ir.Table, *, mixed: bool) -> ir.Table:
    """Up to three offers of each person out of both: by score if `mixed`, else own products first."""
    both = again.select(*COLUMNS).union(new.select(*COLUMNS))
    order = (ibis.desc("score"),) if mixed else (ibis.asc("kind"), ibis.asc("place"))
    window = ibis.window(group_by="person_id", order_by=(*order, ibis.asc("product_id")))
    return both.mutate(place=ibis.row_number().over(window)).filter(ibis._.place < MOST)


def _best(found: ir.Table, *by: str, kind: str) -> ir.Table:
    order = (*(ibis.desc(each) for each in by), ibis.asc("product_id"))
    place = ibis.row_number().over(ibis.window(group_by="person_id", order_by=order))
    link = found.link_id if "link_id" in found.columns else ibis.null("int64")
    found = found.select("person_id", "product_id", "score", link_id=link, place=place, kind=ibis.literal(kind))
    return found.filter(found.place < MOST)
