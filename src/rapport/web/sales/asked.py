"""The answer a page is made of: the kept one, or one counted on the spot where the page is narrowed."""

from importlib import import_module
from typing import Any

from django.utils.translation import gettext as _

from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.insight import queries, storage
from rapport.insight.answers.options import STAGE, Options
from rapport.web.sales.forms import SalesFilterForm


class NotReadYet(RapportError):
    """There is no lake to count from."""


def answer(metric: str, form: SalesFilterForm) -> dict[str, Any] | None:
    """What the metric says of what is asked for; None where nothing was counted yet. Raises RapportError."""
    if not form.is_narrow():
        found: dict[str, Any] | None = queries.answers([metric]).get(metric)
        return found
    if not storage.lake().exists():
        raise NotReadYet(_("The records have not been read for counting yet. Have the numbers counted first."))
    given = form.cleaned_data
    pipeline = given["pipeline"]
    options = Options(
        pipeline=pipeline.name if pipeline else None,
        since=given["since"],
        until=given["until"],
        by=given["by"] or None,
        probability=given.get("probability") or STAGE,
    )
    # The engines are loaded when they are first asked for, as in `insight.catalogue`.
    asking = import_module("rapport.insight.asking")
    counted: dict[str, Any] = asking.ask(metric, as_of=clock.today(), options=options)
    return counted
