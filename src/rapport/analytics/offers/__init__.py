"""Next offers: at most three products for each person, with the reason, and whether they beat a plain rule.

Owns the candidates (own products that are due again, what others with the same products went on to, what is
popular), their scores, and the trial on days held back that decides whose offers are served. Everything that grows
with the number of people runs in the engine; only counts per pair of products and samples come into memory.
"""

from rapport.analytics.offers.study import METRIC, Study, offers, study, traits

__all__ = ["METRIC", "Study", "offers", "study", "traits"]
