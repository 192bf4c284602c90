"""Views of lists that people keep, and with which one a list begins for each of them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.lists.bulk.models import BulkRow as BulkRow
from rapport.lists.bulk.models import BulkRun as BulkRun
from rapport.lists.querysets import SavedViewQuerySet


class SavedView(models.Model):
    """What a list is asked for, under a name. `state` is as `asked.Asked.state` writes it.

    It holds a question, never its answer: whoever opens a shared view sees the records within their own reach.
    """

    class Shared(models.TextChoices):
        OWN = "own", pgettext_lazy("view", "Only me")
        TEAM = "team", _("My team")
        ALL = "all", _("Everybody")

    kind = models.CharField(max_length=20)
    name = models.CharField(_("Name"), max_length=60)
    owner = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="+")
    shared = models.CharField(_("Who sees it"), max_length=4, choices=Shared.choices, default=Shared.OWN)
    team = models.ForeignKey("identity.Team", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        db_table = "lists_savedview"
        constraints = [
            models.UniqueConstraint(
                "owner",
                "kind",
                Lower("name"),
                name="view_name_once",
                violation_error_message=_("You have a view of this name already."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="view_has_a_name"),
        ]
        indexes = [models.Index(fields=["kind", "shared"], name="view_of_kind")]

    def __str__(self) -> str:
        return self.name


class FirstView(models.Model):
    """With which view a list begins for one user: one that is kept, or one that every list has, by its code."""

    user = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, null=True, related_name="+")
    code = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        db_table = "lists_firstview"
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="first_view_once"),
            models.CheckConstraint(
                condition=Q(view__isnull=True) & ~Q(code="") | Q(view__isnull=False, code=""),
                name="first_view_is_one_of_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.code or self.view_id}"
