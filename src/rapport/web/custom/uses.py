"""What asks for an own field, and would ask for nothing once it is gone."""

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from rapport.deals.models import StageRequirement
from rapport.fields.definitions import Definition
from rapport.segments.models import Segment


def uses(definition: Definition) -> list[str]:
    """In words, what asks for the field: segments and stages."""
    found = [_("Segment “%(name)s”") % {"name": each.name} for each in _segments(definition)]
    if definition.kind == "deal":
        rows = StageRequirement.objects.filter(kind="field", subject=definition.name).select_related("stage__pipeline")
        found += [
            _("Stage “%(stage)s” of %(pipeline)s") % {"stage": row.stage, "pipeline": row.stage.pipeline}
            for row in rows
        ]
    return found


def _segments(definition: Definition) -> list[Segment]:
    if definition.kind not in ("person", "company"):
        return []
    name = f"company.{definition.name}" if definition.kind == "company" else definition.name
    written = Q(written__contains=f'"{name}"')
    return list(Segment.objects.live().annotate(written=Cast("rule", TextField())).filter(written).order_by("name"))
