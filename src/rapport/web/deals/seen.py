"""A deal as its page looks at it: what several panels ask is found out once."""

from dataclasses import dataclass
from functools import cached_property

from rapport.core import clock
from rapport.deals.models import Deal
from rapport.deals.queries import requirements
from rapport.deals.queries.deal_states import states
from rapport.deals.queries.requirements import Standing
from rapport.deals.rules.next_actions import DealState
from rapport.identity.models import User


@dataclass
class SeenDeal:
    """A deal, which comes with its stage, and who looks at it."""

    deal: Deal
    user: User

    @cached_property
    def ahead(self) -> Standing | None:
        """What its next stage still needs."""
        return requirements.next_standing(self.deal)

    @cached_property
    def state(self) -> DealState:
        """What the rules of advice and the model of win probability need to know of it."""
        return states([self.deal], user=self.user, now=clock.now(), today=clock.today())[self.deal.pk]
