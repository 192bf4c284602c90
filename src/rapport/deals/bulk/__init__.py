"""Deals, their stages and the history of their stages written in sets: the bulk twins of `deals.actions`.

`stages` finds and makes pipelines and stages, `records` writes deals, `history` writes stage changes and infers
those that nobody recorded.
"""

from rapport.deals.bulk.history import load_stage_changes
from rapport.deals.bulk.records import SAID, find_deals, link_interactions, load_deals

__all__ = ["SAID", "find_deals", "link_interactions", "load_deals", "load_stage_changes"]
