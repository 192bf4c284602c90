"""What the answers and traits of one run share: each table is computed once, when it is first asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import ibis.expr.types as ir

from rapport.analytics import affinity, due, forecasting, offers, product_days, purchases, rfm, selling, upsell
from rapport.analytics.due import Due
from rapport.analytics.facts import Facts
from rapport.analytics.forecasting import Forecast
from rapport.analytics.itemsets import Baskets
from rapport.analytics.offers import Study
from rapport.analytics.purchases import Purchases
from rapport.analytics.rfm import CutPoints
from rapport.analytics.selling import Selling
from rapport.analytics.win_probability import learning
from rapport.analytics.win_probability.learning import Learnt
from rapport.insight.answers import lifetime_value
from rapport.insight.answers.options import Options
from rapport.lake import engines


@dataclass(frozen=True)
class Work:
    """One run over the facts, as of a day."""

    facts: Facts
    as_of: date
    options: Options

    @property
    def keep(self) -> Callable[[ir.Table], ir.Table]:
        """Stores a table in the engine until the run is over."""
        return engines.kept

    @cached_property
    def bought(self) -> Purchases:
        """The purchase days of people."""
        return purchases.read(self.facts, as_of=self.as_of, currency=self.options.currency, keep=self.keep)

    @cached_property
    def customers(self) -> ir.Table:
        """Recency, frequency and money of every customer."""
        return self.keep(rfm.recency_frequency_money(self.bought.days, as_of=self.as_of))

    @cached_property
    def cut_points(self) -> CutPoints:
        """The values that part the scores."""
        return rfm.cut_points(self.customers)

    @cached_property
    def scored(self) -> ir.Table:
        """Customers with scores and segment."""
        return self.keep(rfm.scored(self.customers, points=self.cut_points))

    @cached_property
    def forecast(self) -> Forecast:
        """The models fitted on all purchases."""
        terms = lifetime_value.terms_of(self.options)
        return forecasting.forecast(self.bought.days, until=self.as_of, terms=terms, keep=self.keep)

    @cached_property
    def expected(self) -> ir.Table | None:
        """What is expected of each customer; None where the models cannot tell."""
        found = forecasting.traits(self.forecast)
        return None if found is None else self.keep(found)

    @cached_property
    def product_days(self) -> ir.Table:
        """Who bought which product on which day."""
        return self.keep(product_days.days(self.facts, as_of=self.as_of))

    @cached_property
    def due(self) -> Due:
        """Repurchase intervals, and when each product is due for each person."""
        products = self.facts.products
        return due.read(self.product_days, products, as_of=self.as_of, owned=self.owned, keep=self.keep)

    @cached_property
    def owned(self) -> ir.Table:
        """Who has which product, since when, how often bought."""
        return self.keep(product_days.owned(self.product_days))

    @cached_property
    def study(self) -> Study:
        """What was learnt of next offers, and how they did on days held back."""
        priced = upsell.prices(self.facts, currency=self.bought.currency, as_of=self.as_of)
        return offers.study(self.product_days, self.keep(priced), keep=self.keep)

    @cached_property
    def baskets(self) -> Baskets:
        """What lies in the baskets."""
        return affinity.baskets(self.facts, as_of=self.as_of)

    @cached_property
    def chances(self) -> Learnt:
        """The model of win probability, asked about the open deals."""
        return learning.learn(self.facts, self.selling)

    @cached_property
    def selling(self) -> Selling:
        """Deals and their stays as of the day."""
        return selling.read(self.facts, as_of=self.as_of, currency=self.options.currency, keep=self.keep)
