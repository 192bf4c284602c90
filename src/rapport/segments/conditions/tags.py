"""Tags of a person."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.segments.conditions.person import SOURCE
from rapport.segments.fields import PERSON, Condition, Field, Scope
from rapport.segments.operators import Kind


def _tags(condition: Condition, scope: Scope) -> Q:
    match condition.operator:
        case "any_of":
            return Q(tags__overlap=list(condition.value)) & ~Q(tags=[])
        case "all_of":
            return Q(tags__contains=list(condition.value)) & ~Q(tags=[])
        case "none_of":
            return ~Q(tags__overlap=list(condition.value))
        case "known":
            return ~Q(tags=[])
    return Q(tags=[])


FIELDS = (
    Field(
        name="tags", label=_("Tags"), group=PERSON, kind=Kind.TAGS, source=SOURCE, find=_tags, choices="tags",
        column=True,
    ),
)  # fmt: skip
