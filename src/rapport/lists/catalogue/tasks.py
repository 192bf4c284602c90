"""What can be asked and shown of tasks."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.identity.rights import Kind
from rapport.lists import conditions, operators
from rapport.lists.catalogue import shared
from rapport.lists.operators import ValueKind
from rapport.lists.shape import BuiltInView, Catalogue, Column, Filter, Linked, Reader, SortKey
from rapport.timeline.models import Task

OPEN = ("done", "no", ("no",))


def catalogue(reader: Reader) -> Catalogue:
    """The catalogue of tasks."""
    return Catalogue(
        kind=Kind.TASK,
        model=Task,
        columns=shared.named(*_columns(reader)),
        filters=shared.filters(*_filters(reader)),
        name_column="what",
        columns_at_first=("what", "due_on", "company", "person", "owner", "done_at"),
        sort_at_first="due_on",
        views=(
            BuiltInView(code="open", label=_("Open"), filters=(OPEN,)),
            BuiltInView(code="mine", label=_("My open tasks"), filters=(("owner", "one_of", (operators.ME,)), OPEN)),
        ),
    )


def _columns(reader: Reader) -> list[Column]:
    return [
        Column(
            code="what", label=_("What is to be done"), kind=ValueKind.REFERENCE, group=shared.RECORD, look="name",
            get=lambda task: Linked(Kind.TASK, task.pk, task.what), sort=SortKey(path="what", nullable=False),
        ),
        shared.plain_column("due_on", _("Due"), ValueKind.DAY, look="task_due", nullable=False),
        *shared.party_columns(reader.user),
        *shared.owner_columns(),
        shared.plain_column("made_at", _("Added"), ValueKind.INSTANT, look="day", nullable=False),
        shared.plain_column("done_at", _("Done"), ValueKind.INSTANT, look="day"),
    ]  # fmt: skip


def _filters(reader: Reader) -> list[Filter]:
    def done(operator: str, _value: Any) -> Q:
        return Q(done_at__isnull=operator == "no")

    return [
        Filter(code="what", label=_("What is to be done"), kind=ValueKind.TEXT, group=shared.RECORD,
               find=conditions.text("what"), only=frozenset({"contains", "starts_with"})),
        Filter(code="done", label=_("Done"), kind=ValueKind.YES_NO, group=shared.RECORD, find=done, is_first=True),
        Filter(code="due_on", label=_("Due"), kind=ValueKind.DAY, group=shared.RECORD, is_first=True,
               find=conditions.day("due_on", today=reader.today)),
        *shared.owner_filters(reader.user),
        *shared.party_filters(reader.user),
        *(
            Filter(code=code, label=label, kind=ValueKind.INSTANT, group=shared.RECORD,
                   find=conditions.instant(code, today=reader.today))
            for code, label in (("made_at", _("Added")), ("done_at", _("Done on")))
        ),
    ]  # fmt: skip
