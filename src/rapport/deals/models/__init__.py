"""Pipelines, stages, deals, and the log of stage changes."""

from rapport.deals.models.committee import (
    CommitteeRole,
    CommitteeSettings,
    Confidence,
    Coverage,
    Dismissal,
    Influence,
    Participant,
    Stance,
    Weight,
)
from rapport.deals.models.criteria import Criterion, CriterionScore, Rival, Tender, TenderDocument
from rapport.deals.models.deals import Deal, DealInteraction, StageChange
from rapport.deals.models.next_steps import AdviceRule, AdviceSnooze
from rapport.deals.models.pipelines import Pipeline, ProbabilityChange, Stage
from rapport.deals.models.process import (
    DealChange,
    DealDocument,
    DocumentKind,
    LossReason,
    RequirementKind,
    StageCheck,
    StageRequirement,
)
from rapport.deals.models.quotes import (
    Approval,
    ApprovalRule,
    Delegation,
    Quote,
    QuoteLine,
    QuoteProfile,
    QuoteSeries,
    TaxRate,
)
from rapport.deals.models.tailoring import Requirement, RequirementAcceptance, RequirementVersion

__all__ = [
    "AdviceRule",
    "AdviceSnooze",
    "Approval",
    "ApprovalRule",
    "CommitteeRole",
    "CommitteeSettings",
    "Confidence",
    "Coverage",
    "Criterion",
    "CriterionScore",
    "Deal",
    "DealChange",
    "DealDocument",
    "DealInteraction",
    "Delegation",
    "Dismissal",
    "DocumentKind",
    "Influence",
    "LossReason",
    "Participant",
    "Pipeline",
    "ProbabilityChange",
    "Quote",
    "QuoteLine",
    "QuoteProfile",
    "QuoteSeries",
    "Requirement",
    "RequirementAcceptance",
    "RequirementKind",
    "RequirementVersion",
    "Rival",
    "Stage",
    "StageChange",
    "StageCheck",
    "StageRequirement",
    "Stance",
    "TaxRate",
    "Tender",
    "TenderDocument",
    "Weight",
]
