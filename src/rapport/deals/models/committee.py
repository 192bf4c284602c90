"""The buying committee of a deal: who takes part, how they stand to it, who influences whom.

A row of `Participant` is one period in which nothing that we hold of a person on a deal changed. A change ends it
and begins another, so that the committee can be read as it stood at any instant (ADR 0042).
"""

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.deals.models.deals import Deal


class CommitteeRole(models.TextChoices):
    """What a person does in the buying, whatever their title says."""

    INITIATOR = "initiator", _("Initiator")
    INFLUENCER = "influencer", _("Influencer")
    GATEKEEPER = "gatekeeper", _("Gatekeeper")
    DECISION_MAKER = "decision_maker", _("Decision maker")
    BUYER = "buyer", _("Buyer")
    USER = "user", pgettext_lazy("committee", "User")


class Stance(models.IntegerChoices):
    """How a person stands to our winning."""

    AGAINST = -2, _("Against us")
    DOUBTS = -1, _("Has doubts")
    NEUTRAL = 0, _("Neutral")
    FOR = 1, _("For us")
    CHAMPION = 2, _("Fights for us")


class Weight(models.IntegerChoices):
    """How much a person's word counts in the decision."""

    NONE = 0, pgettext_lazy("influence", "None")
    LOW = 1, pgettext_lazy("influence", "Low")
    MEDIUM = 2, pgettext_lazy("influence", "Medium")
    HIGH = 3, pgettext_lazy("influence", "High")


class Coverage(models.TextChoices):
    """How well we are in contact with a person."""

    UNKNOWN = "unknown", pgettext_lazy("contact", "Not known")
    NONE = "none", _("No contact")
    BRIEF = "brief", pgettext_lazy("contact", "Brief")
    SEVERAL = "several", pgettext_lazy("contact", "Several times")
    IN_DEPTH = "in_depth", pgettext_lazy("contact", "In depth")


class Confidence(models.TextChoices):
    """What an entry rests on."""

    STATED = "stated", _("They said so")
    INFERRED = "inferred", _("We infer it")
    UNKNOWN = "unknown", pgettext_lazy("confidence", "Not known")


class Participant(models.Model):
    """A person on the committee of a deal, from `since` to `until`; without an end the present state.

    No role, no stance, no influence mean *not known*. Only the end of a row is ever written later, and the
    person when two are merged.
    """

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="participants")
    person = models.ForeignKey(
        "people.Person", on_delete=models.CASCADE, related_name="+", db_index=False, verbose_name=_("Person")
    )
    roles = ArrayField(models.CharField(max_length=14, choices=CommitteeRole.choices), default=list, blank=True)
    stance = models.SmallIntegerField(_("Stance"), choices=Stance.choices, null=True, blank=True)
    influence = models.PositiveSmallIntegerField(_("Influence"), choices=Weight.choices, null=True, blank=True)
    coverage = models.CharField(
        pgettext_lazy("coverage", "Contact"), max_length=8, choices=Coverage.choices, default=Coverage.UNKNOWN
    )
    confidence = models.CharField(_("Rests on"), max_length=8, choices=Confidence.choices, default=Confidence.UNKNOWN)
    evidence = models.TextField(_("Evidence"), blank=True, default="")
    interaction = models.ForeignKey(
        "timeline.Interaction", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta:
        db_table = "deals_participant"
        constraints = [
            models.UniqueConstraint(
                fields=["deal", "person"], condition=Q(until__isnull=True), name="participant_present_once"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="participant_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(roles__contained_by=CommitteeRole.values), name="participant_roles_are_known"
            ),
            models.CheckConstraint(
                condition=Q(stance__isnull=True) | Q(stance__range=(-2, 2)), name="participant_stance_on_its_scale"
            ),
            models.CheckConstraint(
                condition=Q(influence__isnull=True) | Q(influence__range=(0, 3)),
                name="participant_influence_on_its_scale",
            ),
            models.CheckConstraint(condition=Q(coverage__in=Coverage.values), name="participant_coverage_on_its_scale"),
            models.CheckConstraint(
                condition=Q(confidence__in=Confidence.values), name="participant_confidence_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["deal", "since", "id"], name="participant_of_deal"),
            models.Index(fields=["person", "deal"], name="participant_of_person"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="period_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "deal", "roles", "stance", "influence", "coverage", "confidence", "evidence", "since"
                ),
            ),
            pgtrigger.Protect(name="history_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="end_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__until__isnull=False, old__until__df=pgtrigger.F("new__until")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.person_id} {self.since}"

    @property
    def role_names(self) -> str:
        """The names of the roles, with commas between; empty where none is known."""
        return ", ".join(str(CommitteeRole(role).label) for role in self.roles)


class Influence(models.Model):
    """A line of the stakeholder map from `since` to `until`, read from left to right: A reports to B, A influences B.

    As with participants, only the end is ever written later, and the persons when two are merged.
    """

    class Kind(models.TextChoices):
        REPORTS_TO = "reports_to", _("Reports to")
        INFLUENCES = "influences", _("Influences")

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="influences")
    from_person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    to_person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind.choices)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta:
        db_table = "deals_influence"
        constraints = [
            models.UniqueConstraint(
                fields=["deal", "from_person", "to_person", "kind"],
                condition=Q(until__isnull=True),
                name="influence_present_once",
            ),
            models.CheckConstraint(condition=~Q(from_person=F("to_person")), name="influence_on_another"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="influence_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["deal", "from_person"],
                condition=Q(kind="reports_to", until__isnull=True),
                name="reports_to_one_at_a_time",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="line_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("deal", "kind", "since"),
            ),
            pgtrigger.Protect(name="lines_of_the_past_stay", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="end_of_a_line_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__until__isnull=False, old__until__df=pgtrigger.F("new__until")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_person_id} {self.kind} {self.to_person_id}"


class Dismissal(models.Model):
    """A suggestion that a person looked at and did not take; it is not made again."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(max_length=24)
    evidence = models.TextField(blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta:
        db_table = "deals_dismissal"
        constraints = [models.UniqueConstraint(fields=["deal", "person", "topic"], name="dismissed_once")]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.person_id} {self.topic}"


def _required(label: Any) -> ArrayField:  # type: ignore[type-arg] # not subscriptable while Django runs
    """Roles that stages of one part of a pipeline require."""
    roles = models.CharField(max_length=14, choices=CommitteeRole.choices)
    return ArrayField(roles, verbose_name=label, default=list, blank=True)


class CommitteeSettings(models.Model):
    """When a committee raises an alarm, and which roles a stage needs whose own requirements name none. One row."""

    quiet_days = models.PositiveSmallIntegerField(_("Days without contact to the decision maker"), default=30)
    fewest_people = models.PositiveSmallIntegerField(_("Fewest people on a committee"), default=3)
    early = _required(_("First third of the stages"))
    middle = _required(_("Middle of the stages"))
    late = _required(_("Last third of the stages"))
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "deals_committeesettings"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_row_of_committee_settings"),
            models.CheckConstraint(
                condition=Q(
                    early__contained_by=CommitteeRole.values,
                    middle__contained_by=CommitteeRole.values,
                    late__contained_by=CommitteeRole.values,
                ),
                name="committee_required_roles_are_known",
            ),
            models.CheckConstraint(condition=Q(quiet_days__range=(1, 3650)), name="committee_quiet_days_make_sense"),
            models.CheckConstraint(
                condition=Q(fewest_people__range=(1, 50)), name="committee_fewest_people_make_sense"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiet_days} {self.fewest_people}"
