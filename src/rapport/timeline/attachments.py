"""Files that belong to records: what all of them are, and those of people, companies and interactions.

An app above that has files of its own records makes a table of its own from `KeptFile`, with a foreign key to the
record, so that none is left over when the record goes.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

ONE_RECORD = (
    Q(person__isnull=False, company__isnull=True, interaction__isnull=True)
    | Q(person__isnull=True, company__isnull=False, interaction__isnull=True)
    | Q(person__isnull=True, company__isnull=True, interaction__isnull=False)
)


class KeptFile(models.Model):
    """A file that belongs to a record. `stored` is its name in `core.storage`, outside the web root.

    One that is put away stays where it is until the record goes. `OF` names the foreign keys to the record.
    """

    OF: ClassVar[tuple[str, ...]] = ()

    name = models.CharField(_("Name"), max_length=200)
    stored = models.CharField(max_length=80, db_index=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    by = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def field(self) -> str:
        """The name of the foreign key that leads to the record."""
        return next(name for name in self.OF if getattr(self, f"{name}_id") is not None)


class Attachment(KeptFile):
    """A file of a person, a company or an interaction: of exactly one."""

    OF = ("person", "company", "interaction")

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    company = models.ForeignKey("people.Company", on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    interaction = models.ForeignKey(
        "timeline.Interaction", on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "timeline_attachment"
        constraints = [
            models.CheckConstraint(condition=ONE_RECORD, name="attachment_of_one_record"),
            models.CheckConstraint(condition=~Q(name=""), name="attachment_has_a_name"),
        ]
        indexes = [
            models.Index(
                fields=[name, "-added_at", "-id"], condition=Q(**{f"{name}__isnull": False}),
                name=f"attachment_of_{name}",
            )
            for name in ("person", "company", "interaction")
        ]  # fmt: skip
