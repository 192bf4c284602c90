"""Registers beside the records: likely twins, who asked to be forgotten, and what people asked of their data."""

import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

KINDS = [("person", _("Person")), ("company", _("Company"))]


class Twins(models.Model):
    """Two records that share what tells records apart, as the last search found them; written anew by each search."""

    kind = models.CharField(max_length=7, choices=KINDS)
    low_id = models.BigIntegerField()
    high_id = models.BigIntegerField()
    shares = ArrayField(models.CharField(max_length=8))

    class Meta:
        db_table = "people_twins"
        constraints = [
            models.UniqueConstraint(fields=["kind", "low_id", "high_id"], name="twins_once"),
            models.CheckConstraint(condition=Q(low_id__lt=F("high_id")), name="twins_are_two"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.low_id} {self.high_id}"


class NotTheSame(models.Model):
    """Somebody looked at two records alike and found them to be two."""

    kind = models.CharField(max_length=7, choices=KINDS)
    low_id = models.BigIntegerField()
    high_id = models.BigIntegerField()
    by = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "people_notthesame"
        constraints = [
            models.UniqueConstraint(fields=["kind", "low_id", "high_id"], name="not_the_same_once"),
            models.CheckConstraint(condition=Q(low_id__lt=F("high_id")), name="not_the_same_are_two"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.low_id} {self.high_id}"


class TwinSearch(models.Model):
    """The last search for twins of a kind of record."""

    kind = models.CharField(max_length=7, choices=KINDS, primary_key=True)
    asked_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_twinsearch"

    def __str__(self) -> str:
        return self.kind


def new_salt() -> str:
    """Half a kilobit that nobody can guess."""
    return secrets.token_hex(32)


class SuppressionSalt(models.Model):
    """What the addresses of the erased are hashed with: one row, made once, independent of any other secret."""

    salt = models.CharField(max_length=64, default=new_salt)

    class Meta:
        db_table = "people_suppressionsalt"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_suppression_salt")]

    def __str__(self) -> str:
        return str(self.pk)


class Suppression(models.Model):
    """An e-mail or a phone number of somebody who was erased: its salted hash, so that a file that brings it back is
    recognised. Nobody can read the address from it.
    """

    hash = models.CharField(max_length=64, primary_key=True, db_collation="C")
    kind = models.CharField(max_length=5, choices=[("email", _("E-mail")), ("phone", _("Phone"))])
    at = models.DateTimeField()

    class Meta:
        db_table = "people_suppression"

    def __str__(self) -> str:
        return self.hash


class RequestKind(models.TextChoices):
    """What a person may ask of whoever keeps their data."""

    ACCESS = "access", _("See or receive their data")
    CORRECT = "correct", _("Have it corrected")
    WITHDRAW = "withdraw", _("Withdraw consent")
    RESTRICT = "restrict", _("Have its use restricted")
    OBJECT = "object", _("Object to its use")
    ERASE = "erase", _("Have it erased")


class PrivacyTerm(models.Model):
    """How long there is to do what a person asked, or with `answer` to answer at all; and which rule says so."""

    code = models.CharField(
        max_length=8, primary_key=True, choices=[("answer", _("Answer the request")), *RequestKind.choices]
    )
    days = models.PositiveSmallIntegerField(_("Days"))
    working_days = models.BooleanField(_("Working days"), default=False)
    source = models.CharField(_("Which rule says so"), max_length=200, blank=True, default="")
    since_on = models.DateField(_("In force since"), null=True, blank=True)

    class Meta:
        db_table = "people_privacyterm"
        constraints = [
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=365), name="privacy_term_of_some_days"),
        ]

    def __str__(self) -> str:
        return self.code


class PrivacyRequest(models.Model):
    """A person asked for something about their data. The row outlives the person: what was asked for and done must be
    provable, without their name.

    `file` is the archive made for it, below the home folder, until `file_until`; `asked_by` alone may fetch it.
    """

    class Outcome(models.TextChoices):
        OPEN = "", _("Open")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")

    class Step(models.TextChoices):
        NONE = "", ""
        WAITING = "waiting", _("Waiting for the worker")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    kind = models.CharField(_("What is asked for"), max_length=8, choices=RequestKind.choices)
    person = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Person")
    )
    received_on = models.DateField(_("Received on"))
    answer_by = models.DateField(_("Answer by"))
    due_on = models.DateField(_("Due on"))
    answered_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=7, choices=Outcome.choices, blank=True, default=Outcome.OPEN)
    reason = models.CharField(_("Reason"), max_length=500, blank=True, default="")
    step = models.CharField(max_length=7, choices=Step.choices, blank=True, default=Step.NONE)
    names_too = models.BooleanField(default=False)
    file = models.CharField(max_length=80, blank=True, default="")
    file_until = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "people_privacyrequest"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RequestKind.values), name="privacy_request_of_a_known_kind"),
            models.CheckConstraint(condition=Q(due_on__gte=F("received_on")), name="privacy_request_due_after_it_came"),
            models.CheckConstraint(
                condition=Q(outcome="", done_at__isnull=True) | ~Q(outcome="") & Q(done_at__isnull=False),
                name="privacy_request_ends_at_an_instant",
            ),
        ]
        indexes = [models.Index(fields=["outcome", "due_on", "id"], name="privacy_request_due")]

    def __str__(self) -> str:
        return self.get_kind_display()
