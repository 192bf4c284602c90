"""What can be asked and shown of deals: the record, its stage, its customer, what was talked about."""

from collections.abc import Callable
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.commerce.models import Product
from rapport.deals import rules
from rapport.deals.models import Deal, DealInteraction, Stage
from rapport.deals.queries import pipelines
from rapport.deals.queries.stays import too_long
from rapport.deals.rules.rotting import is_rotting
from rapport.identity.rights import Kind
from rapport.lists import conditions, operators
from rapport.lists.catalogue import shared
from rapport.lists.operators import ValueKind
from rapport.lists.shape import Amount, BuiltInView, Catalogue, Chosen, Column, Filter, Label, Linked, Reader, SortKey
from rapport.people.models import Company
from rapport.people.queries import industries_in_use

STATES = {"won": "good", "lost": "bad", "open": "company"}


def catalogue(reader: Reader) -> Catalogue:
    """The catalogue of deals."""
    return Catalogue(
        kind=Kind.DEAL,
        model=Deal,
        columns=shared.named(*_columns(reader), *_further_columns(reader)),
        filters=shared.filters(*_filters(reader), *_stage_filters(reader), *_customer_filters(reader)),
        name_column="name",
        columns_at_first=(
            "name", "customer", "stage", "stage_days", "amount", "expected_close_on", "owner", "recorded_at",
        ),
        sort_at_first="-recorded_at",
        sorts_before={"arrival": "recorded_at"},
        views=(
            BuiltInView(code="open", label=_("Open"), filters=(("status", "one_of", ("open",)),)),
            BuiltInView(
                code="mine", label=_("My open deals"),
                filters=(("owner", "one_of", (operators.ME,)), ("status", "one_of", ("open",))),
            ),
            BuiltInView(
                code="won", label=pgettext_lazy("deals", "Won"), filters=(("status", "one_of", ("won",)),),
                columns=("name", "customer", "stage", "amount", "closed_at", "runs_out_on", "owner"),
                sort="-closed_at",
            ),
        ),
    )  # fmt: skip


def _columns(reader: Reader) -> list[Column]:
    return [
        Column(
            code="name", label=_("Name"), kind=ValueKind.REFERENCE, group=shared.RECORD, look="name",
            get=lambda deal: Linked(Kind.DEAL, deal.pk, deal.name),
            sort=SortKey(path="sort_name", nullable=False, walks=True),
        ),
        shared.customer_column(reader.user),
        Column(
            code="stage", label=pgettext_lazy("deal", "Stage"), kind=ValueKind.CHOICE, group=shared.RECORD,
            joins=("stage",), look="pill", sort=SortKey(path="stage__position", nullable=False),
            get=lambda deal: Chosen(str(deal.stage_id), deal.stage.name, STATES[deal.stage.status]),
        ),
        Column(
            code="stage_days", label=_("Days in the stage"), kind=ValueKind.NUMBER, group=shared.RECORD,
            joins=("stage",), look="stay", sort=SortKey(path="stage_since", nullable=False),
            get=lambda deal: rules.days_between(deal.stage_since, deal.closed_at or reader.now),
        ),
        Column(
            code="rotting", label=_("Too long in the stage"), kind=ValueKind.YES_NO, group=shared.RECORD,
            joins=("stage",),
            get=lambda deal: deal.stage.status == rules.OPEN
            and is_rotting(since=deal.stage_since, expected_days=deal.stage.expected_days, now=reader.now),
        ),
        Column(
            code="pipeline", label=_("Pipeline"), kind=ValueKind.CHOICE, group=shared.RECORD, joins=("pipeline",),
            get=lambda deal: Chosen(str(deal.pipeline_id), deal.pipeline.name),
            sort=SortKey(path="pipeline__name", nullable=False),
        ),
        Column(
            code="amount", label=_("Amount"), kind=ValueKind.MONEY, group=shared.RECORD, sort=SortKey(path="amount"),
            get=lambda deal: None if deal.amount is None else Amount(deal.amount, deal.currency),
        ),
        Column(
            code="probability", label=_("Probability of the stage"), kind=ValueKind.NUMBER, group=shared.RECORD,
            joins=("stage",), get=lambda deal: deal.stage.probability,
            sort=SortKey(path="stage__probability", nullable=False), look="percent",
        ),
    ]  # fmt: skip


def _further_columns(reader: Reader) -> list[Column]:
    return [
        Column(
            code="product", label=_("Product"), kind=ValueKind.REFERENCE, group=shared.RECORD,
            load=shared.customers(Kind.PRODUCT, Product, reader.user),
        ),
        shared.plain_column("expected_close_on", _("Expected to close"), ValueKind.DAY, look="expected"),
        shared.plain_column("created_at", _("Created"), ValueKind.INSTANT, look="day"),
        shared.plain_column("closed_at", _("Closed"), ValueKind.INSTANT, look="day"),
        shared.plain_column("runs_out_on", _("Runs out"), ValueKind.DAY),
        *shared.party_columns(reader.user),
        Column(
            code="last_interaction", label=_("Last interaction"), kind=ValueKind.INSTANT, group=shared.TALKS,
            look="day", load=shared.latest(DealInteraction.objects.all, "deal", "at"),
            sort=SortKey(expression=lambda: Subquery(
                DealInteraction.objects.filter(deal=OuterRef("pk")).order_by("-at").values("at")[:1]
            )),
        ),
        *shared.owner_columns(),
        *shared.origin_columns(),
    ]  # fmt: skip


def _filters(reader: Reader) -> list[Filter]:
    return [
        Filter(
            code="words", label=_("Name of the deal or the customer"), kind=ValueKind.WORDS, group=shared.RECORD,
            find=conditions.words(Deal.objects.all()),
        ),
        Filter(code="name", label=_("Name"), kind=ValueKind.TEXT, group=shared.RECORD,
               find=conditions.text("sort_name", folded=True)),
        Filter(code="amount", label=_("Amount"), kind=ValueKind.NUMBER, group=shared.RECORD,
               find=conditions.number("amount"), is_first=True),
        shared.text_filter("currency", _("Currency")),
        *shared.owner_filters(reader.user),
        *(
            Filter(code=code, label=label, kind=kind, group=shared.RECORD, find=find(code, today=reader.today))
            for code, label, kind, find in _DAYS
        ),
        shared.record_filter("product", _("Product"), Kind.PRODUCT, Product.objects.visible_to(reader.user)),
        Filter(
            code="last_interaction", label=_("Last interaction"), kind=ValueKind.INSTANT, group=shared.TALKS,
            find=conditions.last(DealInteraction.objects.all, "deal", "at", today=reader.today),
        ),
        *shared.origin_filters(reader),
    ]  # fmt: skip


_DAYS: tuple[tuple[str, Label, ValueKind, Callable[..., conditions.Find]], ...] = (
    ("expected_close_on", _("Expected to close"), ValueKind.DAY, conditions.day),
    ("created_at", _("Created"), ValueKind.INSTANT, conditions.instant),
    ("closed_at", _("Closed"), ValueKind.INSTANT, conditions.instant),
    ("stage_since", _("In the stage since"), ValueKind.INSTANT, conditions.instant),
    ("runs_out_on", _("Runs out"), ValueKind.DAY, conditions.day),
)


def _stage_filters(reader: Reader) -> list[Filter]:
    return [
        Filter(
            code="status", label=pgettext_lazy("deal", "Status"), kind=ValueKind.CHOICE, group=shared.RECORD,
            find=_status, choices=lambda: list(Stage.Status.choices), only=frozenset({"one_of", "none_of"}),
            named=shared.named_by(lambda: list(Stage.Status.choices)), is_first=True, is_closed=True,
        ),
        Filter(
            code="stage", label=pgettext_lazy("deal", "Stage"), kind=ValueKind.REFERENCE, group=shared.RECORD,
            find=conditions.reference("stage"), choices=_stages, named=shared.named_by(_stages), is_first=True,
            only=frozenset({"one_of", "none_of"}),
        ),
        Filter(
            code="pipeline", label=_("Pipeline"), kind=ValueKind.REFERENCE, group=shared.RECORD,
            find=conditions.reference("pipeline"), choices=_pipelines, named=shared.named_by(_pipelines),
            only=frozenset({"one_of", "none_of"}),
        ),
        Filter(
            code="rotting", label=_("Too long in the stage"), kind=ValueKind.YES_NO, group=shared.RECORD,
            find=conditions.whether(lambda: too_long(now=reader.now)), is_first=True,
        ),
    ]  # fmt: skip


def _status(operator: str, value: Any) -> Q:
    # The stages by their numbers: the index of deals begins with the stage, and statistics know how many are in each.
    stages = list(Stage.objects.filter(status__in=value).values_list("pk", flat=True))
    found = Q(stage__in=stages)
    return found if operator == "one_of" else ~found


def _pipelines() -> list[tuple[str, Label]]:
    return [(str(pipeline.pk), pipeline.name) for pipeline in pipelines()]


def _stages() -> list[tuple[str, Label]]:
    """The stages of all pipelines, those of several with the pipeline before them."""
    found = pipelines()
    return [
        (str(stage.pk), stage.name if len(found) == 1 else f"{pipeline.name}: {stage.name}")
        for pipeline in found
        for stage in sorted(pipeline.stages.all(), key=lambda stage: stage.position)
    ]


def _customer_filters(reader: Reader) -> list[Filter]:
    seen = Company.objects.visible_to(reader.user)

    def companies() -> "QuerySet[Any, Any]":
        return Company.objects.visible_to(reader.user)

    return [
        *shared.party_filters(reader.user),
        *shared.company_filters(
            lambda path, kind: conditions.behind(companies, "company", kind(path)),
            industries=lambda: industries_in_use(seen),
        ),
    ]
