"""Which deals an answer is about, as asked for, and what the groups it tells apart are called."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from rapport.analytics import selling, slices
from rapport.analytics.facts import Facts
from rapport.analytics.purchases import Keep
from rapport.analytics.registry import Metric
from rapport.analytics.selling import Selling
from rapport.analytics.slices import Slice
from rapport.core.errors import RapportError
from rapport.core.text import fold
from rapport.insight.answers.names import product_names
from rapport.insight.answers.options import Options
from rapport.insight.answers.shape import beginning


class PipelineUnknown(RapportError):
    """There is no pipeline of that name."""


def deals_of(facts: Facts, *, as_of: date, options: Options, known: Selling | None, keep: Keep) -> Selling:
    """The deals as of the day, unless they are known already."""
    return known or selling.read(facts, as_of=as_of, currency=options.currency, keep=keep)


def slice_of(found: Selling, options: Options) -> Slice:
    """The slice that was asked for. Raises PipelineUnknown."""
    pipeline = None if options.pipeline is None else _pipeline(found, options.pipeline)
    return Slice(pipeline=pipeline, since=options.since, until=options.until, by=options.by or "")


def _pipeline(found: Selling, name: str) -> int:
    named = {fold(each.name): each.id for each in found.pipelines.values()}
    named |= {each.name: each.id for each in found.pipelines.values()}
    number = named.get(name.strip(), named.get(fold(name.strip())))
    if number is not None:
        return number
    values = {"name": name, "names": ", ".join(each.name for each in found.pipelines.values())}
    raise PipelineUnknown(_("There is no pipeline “%(name)s”. There are: %(names)s.") % values)


def head_of(metric: Metric, found: Selling, asked: Slice) -> dict[str, Any]:
    """The head of an answer about deals: with `pipeline, from, to, by` as they were asked for."""
    name = found.pipelines[asked.pipeline].name if asked.pipeline is not None else None
    return beginning(metric, as_of=found.as_of, currency=found.currency, problems=found.problems) | {
        "pipeline": name,
        "from": asked.since.isoformat() if asked.since else None,
        "to": asked.until.isoformat() if asked.until else None,
        "by": asked.by or None,
    }


def group_heads(
    facts: Facts, found: Selling, *, by: str, keys: Iterable[str], cuts: tuple[float, ...] = ()
) -> dict[str, dict[str, Any]]:
    """What each group begins with: `group` (its key), `id` of a record, `name`, and `low`, `high` of a size.

    Owners and teams have no name here: an answer names no human being; `insight.colleagues` fills them in. The
    name of what is not known is empty.
    """
    wanted = sorted(set(keys))
    names = {key: key for key in wanted}
    if by == slices.PRODUCT:
        called = product_names(facts, of=[int(key) for key in wanted if key])
        names = {key: called[int(key)] if key else "" for key in wanted}
    elif by == slices.PIPELINE:
        names = {str(each.id): each.name for each in found.pipelines.values()}
    elif by in (slices.OWNER, slices.TEAM, slices.SIZE):
        names = {}
    made: dict[str, dict[str, Any]] = {}
    for key in wanted:
        number = int(key) if by in slices.NUMBERED and key else None
        made[key] = {"group": key, "id": number, "name": names.get(key, "")}
        if by == slices.SIZE:
            made[key] |= _bounds(key, cuts)
    return made


def _bounds(key: str, cuts: tuple[float, ...]) -> dict[str, float | None]:
    if not key:
        return {"low": None, "high": None}
    place = int(key)
    return {"low": cuts[place - 1] if place else 0.0, "high": cuts[place] if place < len(cuts) else None}
