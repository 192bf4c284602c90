"""Metrics: what is counted and how, the last answer of each, and a number counted on the spot."""

from datetime import date, datetime
from importlib import import_module
from typing import Any, Literal

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Router

from rapport.api.answers import Sent, Shown, answer
from rapport.api.callers import ApiRequest
from rapport.api.operations import Spec, operation
from rapport.api.problems import Problem, invalid
from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.core.money import CURRENCIES
from rapport.identity.access import Action, Kind
from rapport.insight import access, queries, storage
from rapport.insight.answers.options import Options
from rapport.insight.catalogue import METRICS
from rapport.insight.words import problems

router = Router(tags=["Metrics"])
READ = "metrics:read"
SEE = (Kind.REPORT, Action.SEE)
TEXTS = ("title", "counts", "population", "window", "rule", "unit", "source")
# As `analytics.slices.BY`, which would bring the engines along.
By = Literal[
    "pipeline", "owner", "team", "product", "category", "source", "size", "industry", "country", "province",
    "quarter", "month",
]  # fmt: skip
METRIC: dict[str, Any] = {
    "name": "repeat-purchase", "version": 1, "title": "Repeat purchase", "counts": "The share of …",
    "population": "Everyone who bought", "window": "All time until the day", "rule": "…", "unit": "share",
    "source": "…", "as_of": "2026-03-15", "computed_at": "2026-03-16T02:30:00Z",
}  # fmt: skip
ANSWER: dict[str, Any] = {
    "name": "repeat-purchase", "as_of": "2026-03-15", "computed_at": "2026-03-16T02:30:00Z",
    "answer": {"metric": "repeat-purchase", "problems": []}, "problems": [],
}  # fmt: skip


class MetricShown(Shown):
    """What a number counts, over whom, when, how, in which unit, after whom; and as of which day it is known."""

    name: str
    version: int
    title: str
    counts: str
    population: str
    window: str
    rule: str
    unit: str
    source: str
    as_of: date | None
    computed_at: datetime | None


class MetricsShown(Shown):
    """All metrics."""

    items: list[MetricShown]


class AnswerShown(Shown):
    """What a metric says. The form of `answer` is that of `rapport metrics show NAME --format json`."""

    name: str
    as_of: date
    computed_at: datetime
    answer: dict[str, Any]
    problems: list[str] = Field(description="What the number lacks, in words.")


class MetricAsked(Sent):
    """What to count anew; a metric takes what concerns it and leaves the rest."""

    as_of: date | None = Field(None, description="Count as if this day were today.")
    currency: str | None = Field(None, pattern="^[A-Z]{3}$")
    model: Literal["pareto_nbd", "bg_nbd"] = "pareto_nbd"
    support: float | None = Field(None, gt=0, le=1)
    confidence: float | None = Field(None, gt=0, le=1)
    pipeline: str | None = Field(None, max_length=120, description="By its name.")
    since: date | None = None
    until: date | None = None
    by: By | None = Field(None, description="Told apart by.")
    probability: Literal["stage", "model"] = "stage"


@operation(router, Spec(
    name="list_metrics", method="GET", path="/metrics", scope=READ, right=SEE, summary="List metrics",
    answers=MetricsShown, example={"items": [METRIC]},
))  # fmt: skip
def list_metrics(request: ApiRequest) -> HttpResponse:
    """Every metric with how it is counted."""
    access.check_may_see_reports(request.caller.user)
    return answer({"items": [_told(name) for name in METRICS]})


@operation(router, Spec(
    name="get_metric", method="GET", path="/metrics/{str:name}", scope=READ, right=SEE,
    summary="The last answer of a metric", answers=AnswerShown, example=ANSWER,
))  # fmt: skip
def get_metric(request: ApiRequest, name: str) -> HttpResponse:
    """As the last refresh counted it; 404 for one that was never counted."""
    access.check_may_see_reports(request.caller.user)
    found = queries.result(name) if name in METRICS else None
    if found is None:
        raise Http404
    return _answered(name, found.payload, as_of=found.as_of, at=found.computed_at)


@operation(router, Spec(
    name="count_metric", method="POST", path="/metrics/{str:name}", scope=READ, right=SEE,
    summary="Count a metric on the spot", answers=AnswerShown, example=ANSWER,
    sent_example={"as_of": "2026-03-15", "currency": "VND"}, errors=(503,),
))  # fmt: skip
def count_metric(request: ApiRequest, name: str, sent: MetricAsked) -> HttpResponse:
    """With options, from the records as of the last export; this may take seconds. Nothing is kept."""
    access.check_may_see_reports(request.caller.user)
    if name not in METRICS:
        raise Http404
    options = _options(sent)
    if not storage.lake().exists():
        raise Problem("unavailable", _("The records were not exported yet: have the numbers refreshed first."))
    as_of = sent.as_of or clock.today()
    try:
        # The engines are loaded when they are first asked for, as in `insight.catalogue`.
        found = import_module("rapport.insight.asking").ask(name, as_of=as_of, options=options)
    except RapportError as error:
        raise Problem("conflict", str(error)) from error
    return _answered(name, found, as_of=as_of, at=request.at)


def _told(name: str) -> dict[str, Any]:
    metric, found = METRICS[name].metric, queries.result(name)
    told = {"name": name, "version": metric.version} | {each: _(getattr(metric, each)) for each in TEXTS}
    return told | {"as_of": found.as_of if found else None, "computed_at": found.computed_at if found else None}


def _answered(name: str, payload: dict[str, Any], *, as_of: date, at: datetime) -> HttpResponse:
    lacking = [str(each) for each in problems(payload.get("problems", ()))]
    return answer({"name": name, "as_of": as_of, "computed_at": at, "answer": payload, "problems": lacking})


def _options(sent: MetricAsked) -> Options:
    if sent.currency and sent.currency not in CURRENCIES:
        raise invalid("currency", _("This currency is not known here."))
    if sent.since and sent.until and sent.since > sent.until:
        raise invalid("until", _("The window ends before it begins."))
    return Options(**{name: value for name, value in sent.given().items() if name != "as_of"})
