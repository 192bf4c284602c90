"""What is done with deals, one function for each intent.

Every action keeps sort name and search words in step, bumps the deal's version, writes to the audit log and
announces what happened.
"""

from rapport.deals.actions.deals import (
    AlreadyThere,
    AnotherPipeline,
    ArchivedDeal,
    MovedByAnother,
    add_deal,
    archive_deal,
    change_deal,
    move,
    record_interaction,
    restore_deal,
)
from rapport.deals.actions.pipelines import IncompletePipeline, StagePlan, add_pipeline, first_pipeline

__all__ = [
    "AlreadyThere",
    "AnotherPipeline",
    "ArchivedDeal",
    "IncompletePipeline",
    "MovedByAnother",
    "StagePlan",
    "add_deal",
    "add_pipeline",
    "archive_deal",
    "change_deal",
    "first_pipeline",
    "move",
    "record_interaction",
    "restore_deal",
]
