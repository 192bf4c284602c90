"""The parts of the traits, for everybody or for those alone whose orders changed since something was learnt."""

from dataclasses import replace
from functools import cached_property

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from rapport.analytics import due, forecasting, offers, product_days, rfm
from rapport.analytics.due import Due
from rapport.analytics.forecasting import Forecast, counts
from rapport.insight.answers import lifetime_value
from rapport.insight.learnt import Learnt
from rapport.insight.work import Work


class OfEverybody:
    """Learnt and asked in one go."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def scores(self) -> pa.Table:
        """First and last purchase, purchase days, money, scores and segment of each."""
        return self.work.scored.to_pyarrow()

    def forecast(self) -> pa.Table | None:
        """What is expected of each customer; None where the models cannot tell."""
        return None if self.work.expected is None else self.work.expected.to_pyarrow()

    def due(self) -> pa.Table:
        """When each is due again."""
        work = self.work
        return due.traits(work.due, work.bought.days, as_of=work.as_of, keep=work.keep).to_pyarrow()

    def offers(self) -> pa.Table:
        """What to offer each next."""
        work = self.work
        dates = work.due.dates
        return offers.traits(work.study, owned=work.owned, dates=dates, as_of=work.as_of, keep=work.keep).to_pyarrow()


class OfTheTouched:
    """What was learnt, asked about the people whose orders changed since."""

    def __init__(self, work: Work, learnt: Learnt, people: pa.Table) -> None:
        self.work = work
        self.learnt = learnt
        self.people = people

    @cached_property
    def _ids(self) -> ir.Table:
        return ibis.memtable(self.people)

    @cached_property
    def _product_days(self) -> ir.Table:
        facts = self.work.facts
        orders = facts.orders.semi_join(self._ids, "person_id")
        return self.work.keep(product_days.days(replace(facts, orders=orders), as_of=self.work.as_of))

    @cached_property
    def _owned(self) -> ir.Table:
        return self.work.keep(product_days.owned(self._product_days))

    @cached_property
    def _due(self) -> Due:
        keep = self.work.keep
        gaps = keep(due.repeated_gaps(self._product_days, self._owned))
        intervals = ibis.memtable(self.learnt.intervals)
        dates = due.dates(self._owned, due.personal_medians(gaps), intervals, as_of=self.work.as_of)
        return Due(intervals=intervals, dates=keep(dates))

    def scores(self) -> pa.Table:
        """The same of everybody, as nothing is counted more quickly, by the cut points of then."""
        return rfm.scored(self.work.customers, points=self.learnt.cut_points).to_pyarrow()

    def forecast(self) -> pa.Table | None:
        """What is expected of each of them, by the parameters of then; None where the models could not tell."""
        work = self.work
        days = work.keep(work.bought.days.semi_join(self._ids, "person_id"))
        people = work.keep(counts.by_person(days, until=work.as_of))
        found = forecasting.traits(
            Forecast(
                until=work.as_of,
                terms=lifetime_value.terms_of(work.options),
                people=people,
                counts=counts.counted(people),
                fit=self.learnt.fit,
                money=None,
                money_fit=self.learnt.money_fit,
            )
        )
        return None if found is None else found.to_pyarrow()

    def due(self) -> pa.Table:
        """When each of them is due again, by the intervals of then."""
        work = self.work
        found = due.traits(self._due, work.bought.days, as_of=work.as_of, keep=work.keep)
        return found.semi_join(self._ids, "person_id").to_pyarrow()

    def offers(self) -> pa.Table:
        """What to offer each of them next, by the links of then."""
        work = self.work
        dates = self._due.dates
        study = self.learnt.study
        return offers.traits(study, owned=self._owned, dates=dates, as_of=work.as_of, keep=work.keep).to_pyarrow()


Parts = OfEverybody | OfTheTouched
