"""The definitions of custom fields."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from rapport.fields.definitions import KINDS, TARGETS, TYPE_LABELS, Choice, Definition, Type
from rapport.identity.rights import Kind

LONGEST_CODE = 40
LONGEST_LABEL = 80


def _roles() -> "ArrayField[list[str], list[str]]":
    return ArrayField(models.CharField(max_length=20), default=list, db_default=[], blank=True)


class FieldDefinition(models.Model):
    """A field that the company added to a kind of record. Its code never changes, since values are kept by it.

    `choices` is a list of `{"code", "label_vi", "label_en", "retired"}`. A retired field keeps its values and is
    offered nowhere. `indexed_at` is when the index of a field that lists filter by was ready.
    """

    kind = models.CharField(max_length=20)
    code = models.CharField(_("Code"), max_length=LONGEST_CODE, db_collation="C")
    type = models.CharField(
        _("What it takes"), max_length=10, choices=[(type.value, TYPE_LABELS[type]) for type in Type]
    )
    label_vi = models.CharField(_("Label in Vietnamese"), max_length=LONGEST_LABEL, blank=True, default="")
    label_en = models.CharField(_("Label in English"), max_length=LONGEST_LABEL, blank=True, default="")
    choices = models.JSONField(default=list, db_default=[], blank=True)
    required = models.BooleanField(_("Must be filled in"), default=False)
    default = models.JSONField(_("Filled in beforehand with"), null=True, blank=True)
    section = models.CharField(_("Section"), max_length=LONGEST_LABEL, blank=True, default="")
    position = models.PositiveIntegerField(default=0)
    filtered = models.BooleanField(_("Lists often filter by it"), default=False)
    indexed_at = models.DateTimeField(null=True, editable=False)
    target_kind = models.CharField(_("Leads to"), max_length=20, blank=True, default="")
    seen_by = _roles()
    edited_by = _roles()
    retired_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        db_table = "fields_definition"
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "code"], name="field_code_once", violation_error_message=_("This code is taken.")
            ),
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in KINDS]), name="field_of_a_known_kind"),
            models.CheckConstraint(condition=Q(type__in=[type.value for type in Type]), name="field_of_a_known_type"),
            models.CheckConstraint(condition=Q(code__regex="^[a-z][a-z0-9_]*$"), name="field_code_is_plain"),
            models.CheckConstraint(condition=~Q(label_vi="", label_en=""), name="field_has_a_label"),
            models.CheckConstraint(
                condition=Q(type="link", target_kind__in=[kind.value for kind in TARGETS])
                | (~Q(type="link") & Q(target_kind="")),
                name="only_a_link_leads_somewhere",
            ),
            *(
                models.UniqueConstraint(
                    "kind",
                    Lower(label),
                    condition=~Q(**{label: ""}),
                    name=f"field_{label}_once",
                    violation_error_message=_("Another field has this label."),
                )
                for label in ("label_vi", "label_en")
            ),
        ]

    def __str__(self) -> str:
        return self.as_data().label

    def as_data(self) -> Definition:
        """The definition as plain data."""
        return Definition(
            id=self.pk,
            kind=Kind(self.kind),
            code=self.code,
            type=Type(self.type),
            label_vi=self.label_vi,
            label_en=self.label_en,
            choices=tuple(Choice(**choice) for choice in self.choices),
            required=self.required,
            default=self.default,
            section=self.section,
            position=self.position,
            filtered=self.filtered,
            target_kind=self.target_kind,
            seen_by=frozenset(self.seen_by),
            edited_by=frozenset(self.edited_by),
            retired=self.retired_at is not None,
            version=self.version,
        )
