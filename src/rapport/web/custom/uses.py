"""What asks for an own field, and would ask for nothing once it is gone.

Segments and stages hold it: they would mean something else without a word. Kept views do not, since they open without
rows and say what is missing; but whoever takes the field away is told which they are.
"""

from collections.abc import Sequence

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.deals.models import StageRequirement
from rapport.fields.definitions import Definition
from rapport.identity.models import User
from rapport.lists import uses as views
from rapport.lists.models import SavedView
from rapport.lists.uses import Uses
from rapport.segments.models import Segment

MOST_NAMED = 8


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


def views_of_field(definition: Definition, *, user: User) -> dict[str, list[str] | str]:
    """For a page: `views`, in words, are the kept views that filter by the field, `shown_in` says how many show it."""
    found = views.of_field(definition, user=user)
    text = ngettext(
        "%(number)d view shows it as a column or is sorted by it; that is left out.",
        "%(number)d views show it as a column or are sorted by it; that is left out.",
        found.shown_in,
    )
    return {"views": _said(found), "shown_in": text % {"number": found.shown_in} if found.shown_in else ""}


def views_of_choices(definition: Definition, codes: Sequence[str], *, user: User) -> list[str]:
    """In words, the kept views that filter by one of the choices; nothing where none does."""
    return _said(views.of_choices(definition, codes, user=user)) if codes else []


def _said(found: Uses) -> list[str]:
    said = [_view(each) for each in found.seen[:MOST_NAMED]]
    further = len(found.seen) - len(said)
    if further:
        text = ngettext("%(number)d further view that is shared", "%(number)d further views that are shared", further)
        said.append(text % {"number": further})
    if found.hidden:
        text = ngettext("%(number)d view that a colleague keeps", "%(number)d views that colleagues keep", found.hidden)
        said.append(text % {"number": found.hidden})
    return said


def _view(view: SavedView) -> str:
    words = {"name": view.name, "owner": view.owner, "shared": view.get_shared_display()}
    return _("View “%(name)s” of %(owner)s (%(shared)s)") % words
