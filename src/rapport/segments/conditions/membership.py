"""Being in other segments, as they stood at their last refresh."""

from django.utils.translation import gettext_lazy as _

from rapport.segments.fields import GROUPS, Condition, Field, InSet, Scope, Source
from rapport.segments.models import Member
from rapport.segments.operators import Kind

SOURCE = Source("members", ("segments_member",), ("SELECT m.person_id FROM segments_member m WHERE {m}",))


def _segment(condition: Condition, scope: Scope) -> InSet:
    rows = scope.narrowed(Member.objects.filter(left_at__isnull=True, segment__in=condition.value), "person_id")
    return InSet(rows.values("person_id"), inside=condition.operator == "one_of")


FIELDS = (
    Field(
        name="segment", label=_("Segment"), group=GROUPS, kind=Kind.REFERENCE, source=SOURCE, find=_segment,
        choices="segments", without=frozenset({"known", "unknown"}),
    ),
)  # fmt: skip
