"""Endpoints of other programs, and every message to each."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LONGEST_NAME = 80


class Endpoint(models.Model):
    """Where another program listens, and what it wants to hear. Its secret is stored sealed."""

    class OffBecause(models.TextChoices):
        """Why nothing is sent."""

        BY_HAND = "by_hand", _("Switched off")
        FAILS = "fails", _("Only failed for a day")
        GONE = "gone", _("Says that it is gone")

    name = models.CharField(_("Name"), max_length=LONGEST_NAME)
    url = models.CharField(_("Address"), max_length=2000)
    events = ArrayField(models.CharField(max_length=60))
    owner = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")
    sealed_secret = models.TextField()
    sealed_before = models.TextField(blank=True, default="")
    before_until = models.DateTimeField(null=True)
    is_on = models.BooleanField(default=True)
    off_because = models.CharField(max_length=10, blank=True, default="", choices=OffBecause)
    off_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    fails_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    version = models.PositiveIntegerField(db_default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="endpoint_has_a_name"),
            models.CheckConstraint(condition=Q(events__len__gt=0), name="endpoint_wants_something"),
            models.CheckConstraint(condition=Q(is_on=Q(off_because="")), name="endpoint_off_says_why"),
        ]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """A message to an endpoint: what it says, how often it was tried, what came of it."""

    class Status(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", pgettext_lazy("delivery", "Waiting")
        FAILED = "failed", _("Failed, will be tried again")
        DELIVERED = "delivered", pgettext_lazy("delivery", "Delivered")
        DEAD = "dead", _("Given up")

    OPEN = (Status.WAITING, Status.FAILED)

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="+")
    message_id = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    body = models.JSONField()
    put_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_words = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                condition=Q(next_at__isnull=False, status__in=("waiting", "failed"))
                | Q(next_at__isnull=True, status__in=("delivered", "dead")),
                name="delivery_open_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="delivery_of_endpoint"),
            models.Index(fields=["endpoint", "status", "-id"], name="delivery_by_status"),
            models.Index(fields=["next_at"], name="delivery_due", condition=Q(next_at__isnull=False)),
            models.Index(fields=["put_at"], name="delivery_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.message_id}"
