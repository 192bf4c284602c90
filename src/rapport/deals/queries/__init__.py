"""What lists and pages show of deals."""

from rapport.deals.queries.deals import (
    NOBODY,
    DealFacts,
    DealFilters,
    DealsSum,
    StageStep,
    deal_facts,
    deals_sums,
    newest_deals,
    open_deals_of,
    search_deals,
)
from rapport.deals.queries.pipelines import PipelineSum, StageAmount, StageSum, open_pipeline, pipelines, stages_of
from rapport.deals.queries.timeline import ICONS, KIND, timeline

__all__ = [
    "ICONS",
    "KIND",
    "NOBODY",
    "DealFacts",
    "DealFilters",
    "DealsSum",
    "PipelineSum",
    "StageAmount",
    "StageStep",
    "StageSum",
    "deal_facts",
    "deals_sums",
    "newest_deals",
    "open_deals_of",
    "open_pipeline",
    "pipelines",
    "search_deals",
    "stages_of",
    "timeline",
]
