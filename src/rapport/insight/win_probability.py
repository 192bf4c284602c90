"""The probability of one deal, told by the model of the last refresh from what is known of the deal now."""

from dataclasses import dataclass
from typing import Any

from rapport.analytics.win_probability.explain import Contribution, Model, contributions, features
from rapport.deals.models import Deal, Stage
from rapport.deals.rules.next_actions import DealState
from rapport.insight import queries

METRIC = "win-probability"


@dataclass(frozen=True, kw_only=True)
class DealChance:
    """What the stage of an open deal says, and the model where there is one; `too_few` says what it lacked.

    `values` are the features as they are in life (days, counts, money); `is_better` tells whether
    the model was nearer than the stages on later deals, None where it could not be tried.
    """

    by_stage: float
    by_model: float | None = None
    reasons: tuple[Contribution, ...] = ()
    values: dict[str, float | None] | None = None
    too_few: dict[str, Any] | None = None
    is_better: bool | None = None


def of_deal(deal: Deal, *, state: DealState) -> DealChance | None:
    """The chances of an open deal in this state; None for a closed one. The deal comes with its stage."""
    if deal.stage.status != Stage.Status.OPEN:
        return None
    result = queries.result(METRIC)
    own = deal.stage.probability / 100
    found = result.payload if result else {}
    if "model" not in found:
        return DealChance(by_stage=own, too_few=found.get("too_few"))
    model = Model.from_plain(found["model"])
    values = _values(deal, state, model, currency=found["currency"])
    chance, reasons = contributions(model, features(**values))
    held_out = found.get("hold_out")
    return DealChance(
        by_stage=own,
        by_model=chance,
        reasons=tuple(reasons),
        values=values,
        is_better=held_out["brier"] < held_out["brier_of_stage"] if held_out else None,
    )


def _values(deal: Deal, state: DealState, model: Model, *, currency: str) -> dict[str, Any]:
    """What the model asks of a deal. An amount in another currency is left unknown rather than guessed."""
    in_currency = deal.amount is not None and deal.currency == currency
    return {
        "stage": model.stages.get(deal.stage_id),
        "age": state.age_days,
        "days_in_stage": state.stage_days,
        "amount": float(deal.amount or 0) if in_currency else None,
        "contacts": state.contacts,
        "silence": state.contact_days,
        "people": state.people_in_contact,
    }
