"""What lists ask of apps that stand beside them: being in a segment."""

from collections.abc import Iterable
from functools import partial

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from rapport.identity.rights import Kind
from rapport.lists import catalogue, conditions
from rapport.lists.catalogue import shared
from rapport.lists.operators import ValueKind
from rapport.lists.shape import Filter, Label, Reader
from rapport.segments.access import may_see
from rapport.segments.models import Member, Segment


def connect() -> None:
    """Let lists of people ask for segments."""
    catalogue.register(Kind.PERSON, segment_filters)


def segment_filters(reader: Reader) -> Iterable[Filter]:
    """Who is in which segment, for those to whom segments are open."""
    if not may_see(reader.user):
        return
    choices = partial(_segments, reader)

    def rows() -> "QuerySet[Member]":
        seen = Segment.objects.visible_to(reader.user)
        return Member.objects.filter(left_at__isnull=True, segment__in=seen)

    inside = conditions.related(rows, "person", conditions.reference("segment"))
    yield Filter(
        code="segment", label=_("Segment"), kind=ValueKind.REFERENCE, group=shared.METRICS, find=inside,
        choices=choices, named=shared.named_by(choices), only=frozenset({"one_of", "none_of"}),
    )  # fmt: skip


def _segments(reader: Reader) -> list[tuple[str, Label]]:
    rows = Segment.objects.visible_to(reader.user).live().order_by("name")
    return [(str(segment.pk), segment.name) for segment in rows]
