"""Segments, who belongs to them and since when, and what each refresh changed."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rapport.segments.querysets import SegmentQuerySet


class Segment(models.Model):
    """A group of people told by a rule (`segments.rules` says what a rule is), and how it was last refreshed.

    `member_count`, `refreshed_at`, `as_of` tell of the last refresh. `horizon` and `ground` are what the next one
    starts from: every change by a transaction before the horizon is already in the members, as long as the ground
    (`segments.changes`) is the same. `is_limited` is there where the rows were `marked`.
    """

    is_limited: bool

    name = models.CharField(_("Name"), max_length=120)
    about = models.CharField(_("What it is for"), max_length=300, blank=True, default="")
    rule = models.JSONField(_("Rule"))
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+")
    member_count = models.BigIntegerField(default=0)
    refreshed_at = models.DateTimeField(_("Refreshed"), null=True)
    as_of = models.DateField(null=True)
    horizon = models.BigIntegerField(null=True)
    ground = models.JSONField(default=dict)

    objects = SegmentQuerySet.as_manager()

    class Meta:
        db_table = "segments_segment"
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(archived_at__isnull=True), name="segment_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="segment_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """A person is in a segment from `entered_at` on, and until `left_at` where that is known.

    No constraint ties the person: checking five million of them would double a first refresh, and a trigger
    (migration `notes_of_what_is_gone`) removes the rows of a person who is erased.
    """

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="members", db_index=False)
    person = models.ForeignKey(
        "people.Person", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "segments_member"
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "person"], condition=Q(left_at__isnull=True), name="member_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("entered_at")), name="member_leaves_after_entering"
            ),
        ]
        indexes = [models.Index(fields=["person"], name="member_by_person")]

    def __str__(self) -> str:
        return f"{self.segment_id} {self.person_id}"


class Tally(models.Model):
    """What one refresh of one segment changed. `asked` is how many people it asked about; None: everyone."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="tallies", db_index=False)
    at = models.DateTimeField()
    as_of = models.DateField()
    members = models.BigIntegerField()
    entered = models.BigIntegerField()
    left = models.BigIntegerField()
    asked = models.BigIntegerField(null=True)
    seconds = models.FloatField()

    class Meta:
        db_table = "segments_tally"
        indexes = [models.Index(fields=["segment", "-at", "-id"], name="tally_of_segment")]

    def __str__(self) -> str:
        return f"{self.segment_id} {self.at:%Y-%m-%d} {self.members}"


class Gone(models.Model):
    """A person who lost a row of a source (an order was removed, or given to someone else); written by triggers.

    What is there can be asked whether it is new; what is gone cannot, so it leaves a note.
    """

    source = models.CharField(max_length=20)
    person_id = models.BigIntegerField()

    class Meta:
        db_table = "segments_gone"

    def __str__(self) -> str:
        return f"{self.source} {self.person_id}"
