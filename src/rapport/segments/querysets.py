"""Narrowing segments."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from rapport.identity import access
from rapport.identity.access import Kind
from rapport.identity.models import User

# The segments whose rule asks an own field that a role does not see, and those that ask about such a segment: who is
# in them would tell. The names are those of `conditions.own`.
_HIDDEN = """
WITH RECURSIVE hidden(id) AS (
    SELECT s.id FROM segments_segment s JOIN fields_definition d
      ON d.kind IN ('person', 'company') AND d.seen_by <> '{}' AND NOT %s = ANY(d.seen_by)
    WHERE jsonb_path_exists(s.rule, '$.** ? (@.field == $name)', jsonb_build_object(
        'name', CASE d.kind WHEN 'company' THEN 'company.' ELSE '' END || 'custom.' || d.code))
    UNION
    SELECT s.id FROM segments_segment s JOIN hidden h ON jsonb_path_exists(
        s.rule, '$.** ? (@.field == "segment").value[*] ? (@ == $number)', jsonb_build_object('number', h.id)))
SELECT id FROM hidden"""
# No role is called so: hidden from it is what is not for everybody.
NOBODY = ""


class SegmentQuerySet(models.QuerySet[Any]):
    """Segments."""

    def visible_to(self, user: User) -> Self:
        """For whoever may see segments, all but those that tell of own fields that the user's role does not see."""
        return self.filter(access.visible(user, Kind.SEGMENT)).exclude(_hidden_from(user.role))

    def hidden_from(self, user: User) -> Self:
        """Those that tell of own fields that the user's role does not see."""
        return self.filter(_hidden_from(user.role))

    def marked(self) -> Self:
        """Each with `is_limited`: whether some role may not see it for what it tells."""
        return self.annotate(is_limited=models.ExpressionWrapper(_hidden_from(NOBODY), models.BooleanField()))

    def live(self) -> Self:
        """Those not archived."""
        return self.filter(archived_at__isnull=True)


def _hidden_from(role: str) -> Q:
    return Q(pk__in=RawSQL(_HIDDEN, (role,)))  # noqa: S611
