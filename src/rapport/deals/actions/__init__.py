"""What is done with deals, one function for each intent.

Every action keeps sort name and search words in step, bumps the deal's version, writes to the audit log and
announces what happened.
"""

from rapport.deals.actions.deals import add_deal, archive_deal, change_deal, record_interaction, restore_deal
from rapport.deals.actions.live import ArchivedDeal
from rapport.deals.actions.moving import (
    AlreadyThere,
    AnotherPipeline,
    BeforeItCameUp,
    MovedByAnother,
    RequirementUnmet,
    RetiredStage,
    Unmet,
    move,
)
from rapport.deals.actions.pipelines import (
    IncompletePipeline,
    StagePlan,
    add_from_template,
    add_pipeline,
    first_pipeline,
)

__all__ = [
    "AlreadyThere",
    "AnotherPipeline",
    "ArchivedDeal",
    "BeforeItCameUp",
    "IncompletePipeline",
    "MovedByAnother",
    "RequirementUnmet",
    "RetiredStage",
    "StagePlan",
    "Unmet",
    "add_deal",
    "add_from_template",
    "add_pipeline",
    "archive_deal",
    "change_deal",
    "first_pipeline",
    "move",
    "record_interaction",
    "restore_deal",
]
