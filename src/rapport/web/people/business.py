"""The open deals of a customer with the way each has come, for the pages of people and companies."""

from dataclasses import dataclass

from rapport.deals.models import Deal, Stage
from rapport.deals.queries import open_deals_of, stages_of
from rapport.identity.models import User

MOST_DEALS = 5


@dataclass(frozen=True)
class DealLine:
    """An open deal; `steps` says for each open stage whether it is passed, present or ahead."""

    deal: Deal
    steps: list[str]


def deal_lines(*, user: User, company_id: int | None = None, person_id: int | None = None) -> list[DealLine]:
    """The newest open deals of one customer; one query, and one for each pipeline they are in."""
    deals = open_deals_of(user=user, company_id=company_id, person_id=person_id, limit=MOST_DEALS)
    stages = {pk: stages_of(pk) for pk in {deal.pipeline_id for deal in deals}}
    return [DealLine(deal, _steps(deal, stages[deal.pipeline_id])) for deal in deals]


def _steps(deal: Deal, stages: list[Stage]) -> list[str]:
    present = deal.stage.position
    return [
        "present" if stage.position == present else "passed" if stage.position < present else "ahead"
        for stage in stages
        if stage.status == Stage.Status.OPEN
    ]
