"""Interactions and tasks."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.core.models import Record
from rapport.timeline.attachments import Attachment as Attachment
from rapport.timeline.querysets import InteractionQuerySet, TaskQuerySet


class Interaction(Record):
    """Something that happened between us and a customer. `minutes` is the time it took, `wait` is later."""

    class Kind(models.TextChoices):
        CALL = "call", _("Call")
        MEETING = "meeting", _("Meeting")
        EMAIL = "email", _("E-mail")
        CHAT = "chat", _("Chat")
        VISIT = "visit", _("Visit")
        WORKSHOP = "workshop", _("Workshop")
        LIVESTREAM = "livestream", _("Livestream")
        TICKET = "ticket", _("Ticket")
        NOTE = "note", _("Note")

    class Direction(models.TextChoices):
        IN = "in", _("From the customer")
        OUT = "out", _("To the customer")
        UNKNOWN = "", _("Not known")

    kind = models.CharField(_("Kind"), max_length=12, choices=Kind.choices)
    channel = models.CharField(_("Channel"), max_length=40, blank=True, default="")
    direction = models.CharField(_("Direction"), max_length=3, choices=Direction.choices, blank=True, default="")
    at = models.DateTimeField(pgettext_lazy("instant", "When"))
    subject = models.CharField(_("Subject"), max_length=300, blank=True, default="")
    body = models.TextField(_("What happened"), blank=True, default="")
    minutes = models.PositiveIntegerField(_("Minutes"), null=True, blank=True)
    company = models.ForeignKey(
        "people.Company",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("Company"),
    )
    people = models.ManyToManyField(
        "people.Person", through="InteractionPerson", related_name="+", verbose_name=_("People")
    )
    user = models.ForeignKey(
        "identity.User",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("Colleague"),
    )

    objects = InteractionQuerySet.as_manager()

    class Meta:
        db_table = "timeline_interaction"
        constraints = [models.UniqueConstraint(fields=["external_id"], name="interaction_external_id_once")]
        indexes = [
            models.Index(
                fields=["company", "-at", "-id"], condition=Q(company__isnull=False), name="interaction_of_company"
            ),
            models.Index(fields=["-at", "-id"], name="interaction_newest"),
        ]

    def __str__(self) -> str:
        return self.subject or self.get_kind_display()


class InteractionPerson(models.Model):
    """Who of the customer took part. `at` repeats the interaction's instant so that one index serves a page."""

    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="participants", db_index=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        db_table = "timeline_interactionperson"
        constraints = [models.UniqueConstraint(fields=["interaction", "person"], name="took_part_once")]
        indexes = [models.Index(fields=["person", "-at", "-interaction"], name="interaction_of_person")]

    def __str__(self) -> str:
        return f"{self.interaction_id} {self.person_id}"


class Task(models.Model):
    """Something a colleague is to do for a customer, by a day."""

    what = models.CharField(_("What is to be done"), max_length=300)
    due_on = models.DateField(_("Due"))
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    company = models.ForeignKey("people.Company", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(
        "identity.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Owner")
    )
    team = models.ForeignKey("identity.Team", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        db_table = "timeline_task"
        indexes = [
            models.Index(fields=["owner", "due_on", "id"], condition=Q(done_at__isnull=True), name="task_open"),
            models.Index(fields=["person", "-made_at", "-id"], name="task_of_person"),
            models.Index(fields=["company", "-made_at", "-id"], name="task_of_company"),
        ]

    def __str__(self) -> str:
        return self.what
