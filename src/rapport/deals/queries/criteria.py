"""The matrix of a deal's criteria and offers, what of it stages ask for, and how a score came to be."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable

from rapport.deals.models import Criterion, CriterionScore, Deal, Rival
from rapport.deals.rules import criteria as rules
from rapport.deals.rules.criteria import OURS, Gap, Gate, Judged, PlusOne, Total
from rapport.identity.models import User
from rapport.people.customers import Customer
from rapport.people.models import Company, Person


@dataclass(frozen=True)
class Cell:
    """An offer's score on a criterion, None where it is not known; `rival` is None for our offer."""

    criterion: Criterion
    rival: Rival | None
    score: CriterionScore | None
    gate: Gate

    @property
    def key(self) -> str:
        """The name of the cell in a page."""
        return f"{self.criterion.pk}-{self.rival.pk if self.rival else OURS}"


@dataclass(frozen=True)
class Row:
    """A criterion: its share of the weights, ours and the rivals' scores, the gap to the best rival on it alone,
    and what a point more of ours would change.
    """

    criterion: Criterion
    holder: Customer | None
    share: Decimal | None
    cells: list[Cell]
    gap: Decimal | None
    plus_one: PlusOne
    is_most_worth: bool

    @property
    def gap_name(self) -> str:
        """The name of the gap in a page."""
        return f"gap-{self.criterion.pk}"


@dataclass(frozen=True)
class Column:
    """An offer: ours (`rival` is None) or a rival's, with its totals by kind of criterion and over all."""

    offer: int
    rival: Rival | None
    company: Customer | None
    total: Total
    rational: Total
    emotional: Total
    gates: dict[Gate, int]
    gap: Gap | None

    @property
    def is_out(self) -> bool:
        """Whether the offer is known to fail a must-have."""
        return self.gates[Gate.FAILED] > 0

    @property
    def passed(self) -> int:
        """How many must-haves it passes."""
        return self.gates[Gate.PASSED]

    @property
    def open_musts(self) -> int:
        """How many must-haves it has no score on."""
        return self.gates[Gate.UNKNOWN]

    @property
    def musts(self) -> int:
        """How many must-haves there are."""
        return sum(self.gates.values())


@dataclass(frozen=True)
class Matrix:
    """All criteria of a deal against all offers; the first column is ours."""

    rows: list[Row]
    columns: list[Column]
    best: Gap | None

    @property
    def ours(self) -> Column:
        """Our own offer."""
        return self.columns[0]

    @property
    def best_column(self) -> Column | None:
        """The rival to beat."""
        return next((column for column in self.columns if self.best and column.offer == self.best.rival), None)

    @property
    def most_worth(self) -> Row | None:
        """The criterion on which a point more of ours helps most."""
        return next((row for row in self.rows if row.is_most_worth), None)

    @property
    def unscored(self) -> int:
        """On how many criteria our offer has no score."""
        return sum(row.cells[0].score is None for row in self.rows)

    @property
    def has_musts(self) -> bool:
        """Whether any criterion is a gate."""
        return any(row.criterion.is_must for row in self.rows)

    @property
    def has_both_kinds(self) -> bool:
        """Whether rational and emotional criteria stand side by side."""
        return len({row.criterion.kind for row in self.rows}) > 1


def matrix(*, deal: Deal, user: User) -> Matrix:
    """The matrix of a deal; five queries at most, whatever its size."""
    criteria = list(present_criteria(deal.pk))
    rivals = list(Rival.objects.filter(deal=deal, removed_at__isnull=True))
    scores = _present_scores(criteria, rivals)
    judged = {row.pk: _judged(row, scores) for row in criteria}
    every = list(judged.values())
    best = rules.best_rival(every, [rival.pk for rival in rivals])
    effects = {row.pk: rules.plus_one(every, row, best) for row in every}
    worth = rules.most_worth(effects)
    holders = seen(Person, {row.holder_id for row in criteria if row.holder_id}, user)
    companies = seen(Company, {rival.company_id for rival in rivals if rival.company_id}, user)
    offers: list[Rival | None] = [None, *rivals]
    return Matrix(
        rows=[
            Row(
                criterion=row,
                holder=holders.get(row.holder_id or 0),
                share=rules.weight_share(every, judged[row.pk]),
                cells=[
                    Cell(row, rival, scores.get((row.pk, _offer(rival))), judged[row.pk].gate(_offer(rival)))
                    for rival in offers
                ],
                gap=_gap_of(judged[row.pk], best),
                plus_one=effects[row.pk],
                is_most_worth=row.pk == worth,
            )
            for row in criteria
        ],
        columns=[_column(every, rival, companies) for rival in offers],
        best=best,
    )


def present_criteria(deal_id: int) -> QuerySet[Criterion]:
    """The criteria of a deal in their order."""
    return Criterion.objects.filter(deal=deal_id, removed_at__isnull=True).order_by("position", "pk")


@dataclass(frozen=True)
class OurStanding:
    """How our offer stands on a deal's criteria: the names of those it meets, and of the must-haves it does not."""

    met: list[str] = field(default_factory=list)
    must_unmet: list[str] = field(default_factory=list)


def our_standing(deal_ids: Collection[int] | Combinable) -> dict[int, OurStanding]:
    """How our offers stand, in one query; deals without criteria are left out.

    A criterion is met by a score at its mark or above. `deal_ids` may be SQL that gives the ids.
    """
    ours = CriterionScore.objects.filter(criterion=OuterRef("pk"), rival__isnull=True, until__isnull=True)
    rows = Criterion.objects.filter(deal__in=deal_ids, removed_at__isnull=True).order_by("position", "pk")
    found: dict[int, OurStanding] = defaultdict(OurStanding)
    for row in rows.annotate(ours=Subquery(ours.values("score")[:1])):
        if row.ours is not None and row.ours >= row.pass_mark:
            found[row.deal_id].met.append(row.name)
        elif row.is_must:
            found[row.deal_id].must_unmet.append(row.name)
    return dict(found)


def score_history(criterion: Criterion, *, limit: int = 30) -> list[CriterionScore]:
    """Past and present scores of a criterion on all offers, the newest first; one query."""
    rows = CriterionScore.objects.filter(criterion=criterion).select_related("rival", "by")
    return list(rows.order_by("-since", "-pk")[:limit])


def present_scores_of(criterion: Criterion) -> dict[int, CriterionScore]:
    """The present score of each offer on a criterion."""
    rows = CriterionScore.objects.filter(criterion=criterion, until__isnull=True)
    return {row.rival_id or OURS: row for row in rows}


def deals_to_copy_from(*, deal: Deal, user: User, limit: int = 12) -> list[Deal]:
    """The deals the user may see that have criteria, those of the same customer first, then the newest."""
    having = Criterion.objects.filter(deal=OuterRef("pk"), removed_at__isnull=True)
    same = Q(company=deal.company_id) if deal.company_id else Q(person=deal.person_id, company__isnull=True)
    rows = Deal.objects.visible_to(user).live().exclude(pk=deal.pk).filter(Exists(having))
    rows = rows.annotate(is_same=Case(When(same, then=Value(1)), default=Value(0), output_field=IntegerField()))
    return list(rows.order_by("-is_same", "-recorded_at", "-pk")[:limit])


def rival_names(*, user: User, limit: int = 200) -> list[str]:
    """Names of rivals in the deals the user may see, to choose from."""
    rows = Rival.objects.filter(deal__in=Deal.objects.visible_to(user)).values("name").annotate(times=Count("pk"))
    return [row["name"] for row in rows.order_by("-times", "name")[:limit]]


def seen(model: type[Company] | type[Person], ids: set[int], user: User) -> dict[int, Customer]:
    """People or companies by id, those hidden from the user without their names; one query, none for no id."""
    if not ids:
        return {}
    names = {row.pk: str(row) for row in model.objects.visible_to(user).filter(pk__in=ids)}
    kind = model._meta.model_name or ""
    return {pk: Customer(kind, pk, names.get(pk, ""), pk in names) for pk in ids}


def _present_scores(criteria: list[Criterion], rivals: list[Rival]) -> dict[tuple[int, int], CriterionScore]:
    """The present scores by criterion and offer, those of removed rivals left out."""
    present = {_offer(rival) for rival in (None, *rivals)}
    rows = CriterionScore.objects.filter(criterion__in=criteria, until__isnull=True)
    return {(row.criterion_id, row.rival_id or OURS): row for row in rows if (row.rival_id or OURS) in present}


def _offer(rival: Rival | None) -> int:
    return rival.pk if rival else OURS


def _judged(criterion: Criterion, scores: dict[tuple[int, int], CriterionScore]) -> Judged:
    return Judged(
        pk=criterion.pk,
        weight=criterion.weight,
        kind=criterion.kind,
        is_must=criterion.is_must,
        pass_mark=criterion.pass_mark,
        scores={offer: row.score for (pk, offer), row in scores.items() if pk == criterion.pk},
    )


def _gap_of(criterion: Judged, best: Gap | None) -> Decimal | None:
    if best is None or OURS not in criterion.scores or best.rival not in criterion.scores:
        return None
    return criterion.scores[OURS] - criterion.scores[best.rival]


def _column(every: list[Judged], rival: Rival | None, companies: dict[int, Customer]) -> Column:
    offer = _offer(rival)
    return Column(
        offer=offer,
        rival=rival,
        company=companies.get(rival.company_id or 0) if rival else None,
        total=rules.total(every, offer),
        rational=rules.total([row for row in every if row.kind == rules.RATIONAL], offer),
        emotional=rules.total([row for row in every if row.kind == rules.EMOTIONAL], offer),
        gates=rules.gates(every, offer),
        gap=rules.gap(every, offer) if rival else None,
    )
