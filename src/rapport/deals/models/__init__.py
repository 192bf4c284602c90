"""Pipelines, stages, deals, and the log of stage changes."""

from rapport.deals.models.deals import Deal, DealInteraction, StageChange
from rapport.deals.models.pipelines import Pipeline, Stage

__all__ = ["Deal", "DealInteraction", "Pipeline", "Stage", "StageChange"]
