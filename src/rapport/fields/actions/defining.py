"""Fields made, described, put in order, put away and fetched back: nothing here touches a value."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.core import audit
from rapport.core.errors import ChangedByAnother, RapportError
from rapport.core.ordering import shifted
from rapport.core.text import tidy
from rapport.fields import conversion, indexes, rules, tasks
from rapport.fields.definitions import KINDS, TARGETS, WITH_CHOICES, Choice, Definition, Type
from rapport.fields.models import LONGEST_LABEL, FieldDefinition
from rapport.identity import access
from rapport.identity.models import User
from rapport.identity.rights import Kind

MOST_FIELDS = 300
CHANGEABLE = frozenset(
    {"label_vi", "label_en", "section", "required", "default", "filtered", "seen_by", "edited_by"}
)  # fmt: skip


class WrongDefinition(RapportError):
    """A field cannot be like this; `field` names what is meant, or is None."""

    def __init__(self, message: str | Promise, field: str | None = None) -> None:
        self.field = field
        super().__init__(message)


@transaction.atomic
def add_field(*, kind: str, type: Type, values: dict[str, Any], by: User, at: datetime) -> FieldDefinition:
    """A new field of a kind of record, the last in order. `values` may name its `code`, `choices` (a list of Choice)
    and `target_kind` beside what `change_field` takes. Raises WrongDefinition, NotAllowed.
    """
    access.check_may_configure(by)
    if kind not in KINDS:
        raise WrongDefinition(_("There are no own fields of this kind."))
    taken = set(FieldDefinition.objects.filter(kind=kind).values_list("code", flat=True))
    if len(taken) >= MOST_FIELDS:
        raise WrongDefinition(_("There are %(most)d fields already; put some away first.") % {"most": MOST_FIELDS})
    described = _described({name: values[name] for name in CHANGEABLE & values.keys()})
    label = described.get("label_vi") or described.get("label_en") or ""
    code = (values.get("code") or "").strip() or conversion.new_code(label, taken)
    last = FieldDefinition.objects.filter(kind=kind).aggregate(last=Max("position"))["last"]
    made = FieldDefinition(kind=kind, type=type, code=code, position=0 if last is None else last + 1, **described)
    made.choices = [asdict(choice) for choice in checked_choices(type, values.get("choices") or ())]
    made.target_kind = _target(type, values.get("target_kind") or "")
    if code in taken:
        raise WrongDefinition(_("This code is taken."), "code")
    _save(made)
    audit.record("fields.added", target=made, by=by, at=at, data={"kind": kind, "code": code, "type": type})
    if made.filtered:
        tasks.request_index(definition=made)
    return made


@transaction.atomic
def change_field(
    *, definition: FieldDefinition, version: int, values: dict[str, Any], by: User, at: datetime
) -> FieldDefinition:
    """Change what a field is called, where it stands, who sees it; see CHANGEABLE. Its values stay as they are.

    Raises ChangedByAnother, WrongDefinition, NotAllowed.
    """
    row = locked(definition, version=version, by=by)
    assert values.keys() <= CHANGEABLE, values
    before = row.as_data()
    wanted = _described(values)
    differing = sorted(name for name, value in wanted.items() if getattr(row, name) != value)
    if not differing:
        return row
    for name in differing:
        setattr(row, name, wanted[name])
    _save(row)
    _follow(before, row)
    audit.record("fields.changed", target=row, by=by, at=at, data={"code": row.code, "fields": differing})
    return row


@transaction.atomic
def move_field(*, definition: FieldDefinition, earlier: bool, by: User, at: datetime) -> None:
    """Let a field and its neighbour of the same section change places."""
    access.check_may_configure(by)
    rows = list(FieldDefinition.objects.select_for_update().filter(kind=definition.kind))
    section = next((row.section for row in rows if row.pk == definition.pk), "")
    beside = [row for row in rows if row.section == section and row.retired_at is None]
    order = shifted(beside, pk=definition.pk, earlier=earlier)
    if order is None:
        return
    places = iter(order)
    # Those of other sections keep their places, so that no other page moves.
    whole = [next(places) if row in beside else row for row in rows]
    for position, row in enumerate(whole):
        row.position = position
    FieldDefinition.objects.bulk_update(whole, ["position"])
    audit.record("fields.moved", target=definition, by=by, at=at, data={"earlier": earlier})


@transaction.atomic
def retire_field(*, definition: FieldDefinition, by: User, at: datetime) -> None:
    """Put a field away: it is offered nowhere, and its values are kept."""
    _set_retired(definition, at, by=by, at=at)


@transaction.atomic
def restore_field(*, definition: FieldDefinition, by: User, at: datetime) -> None:
    """Fetch a field back, with the values it had."""
    _set_retired(definition, None, by=by, at=at)


@transaction.atomic
def forget_role(*, role: str, to: str) -> None:
    """Where a field is limited to a role that goes, name the one that its users get instead."""
    for row in FieldDefinition.objects.select_for_update().order_by("pk"):
        changed = {
            name: sorted({to if each == role else each for each in getattr(row, name)})
            for name in ("seen_by", "edited_by")
            if role in getattr(row, name)
        }
        if changed:
            FieldDefinition.objects.filter(pk=row.pk).update(**changed, version=F("version") + 1)


def _set_retired(definition: FieldDefinition, retired_at: datetime | None, *, by: User, at: datetime) -> None:
    access.check_may_configure(by)
    row = FieldDefinition.objects.select_for_update().get(pk=definition.pk)
    if (row.retired_at is None) is (retired_at is None):
        return
    row.retired_at = retired_at
    row.indexed_at = None
    _save(row)
    code = "fields.restored" if retired_at is None else "fields.retired"
    audit.record(code, target=row, by=by, at=at, data={"code": row.code})
    if retired_at is not None:
        indexes.drop(row.as_data())
    elif row.filtered:
        tasks.request_index(definition=row)


def locked(definition: FieldDefinition, *, version: int, by: User) -> FieldDefinition:
    """The row, locked. Raises NotAllowed, ChangedByAnother."""
    access.check_may_configure(by)
    row = FieldDefinition.objects.select_for_update().get(pk=definition.pk)
    if row.version != version:
        raise ChangedByAnother(_("Someone else changed this field in the meantime. Look at it again."))
    return row


def checked_choices(type: Type, choices: Any) -> tuple[Choice, ...]:
    """The choices tidied. Raises WrongDefinition where a field that needs some has none, or two are called the same."""
    if type not in WITH_CHOICES:
        return ()
    found = tuple(
        Choice(each.code, tidy(each.label_vi)[:LONGEST_LABEL], tidy(each.label_en)[:LONGEST_LABEL], each.retired)
        for each in choices
    )
    if not any(not each.retired for each in found):
        raise WrongDefinition(_("Name at least one choice."), "choices")
    if len(found) > conversion.MOST_CHOICES:
        raise WrongDefinition(_("A field has at most %(most)d choices.") % {"most": conversion.MOST_CHOICES}, "choices")
    for label in ("label_vi", "label_en"):
        named = [getattr(each, label).lower() for each in found if getattr(each, label)]
        if len(set(named)) < len(named):
            raise WrongDefinition(_("Two choices are called the same."), "choices")
    if any(not each.label_vi and not each.label_en for each in found):
        raise WrongDefinition(_("A choice needs a label."), "choices")
    return found


def _described(values: dict[str, Any]) -> dict[str, Any]:
    found = dict(values)
    for name in ("label_vi", "label_en", "section"):
        if name in found:
            found[name] = tidy(found[name] or "")[:LONGEST_LABEL]
    for name in ("seen_by", "edited_by"):
        if name in found:
            found[name] = sorted(set(found[name] or ()))
    return found


def _target(type: Type, kind: str) -> str:
    if type is not Type.LINK:
        return ""
    if kind not in TARGETS:
        raise WrongDefinition(_("Say to what the link leads."), "target_kind")
    return Kind(kind).value


def _save(row: FieldDefinition) -> None:
    """Write the row as its next version. Raises WrongDefinition."""
    if not row.label_vi and not row.label_en:
        raise WrongDefinition(_("Give the field a label in at least one language."), "label_vi")
    data = row.as_data() if row.pk else None
    try:
        row.default = rules.clean_one(data or _draft(row), row.default, language="")
    except rules.Unfit as wrong:
        raise WrongDefinition(str(wrong), "default") from wrong
    row.version = row.version + 1 if row.pk else 1
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise _told(error) from error


def _draft(row: FieldDefinition) -> Definition:
    """The row before it has a number."""
    row.pk = 0
    draft = row.as_data()
    row.pk = None
    return draft


def _told(error: IntegrityError) -> WrongDefinition:
    """What the database refused, in words."""
    constraint = str(getattr(getattr(error.__cause__, "diag", None), "constraint_name", ""))
    words: dict[str, tuple[str | Promise, str]] = {
        "field_label_vi_once": (_("Another field has this label."), "label_vi"),
        "field_label_en_once": (_("Another field has this label."), "label_en"),
        "field_code_once": (_("This code is taken."), "code"),
        "field_code_is_plain": (_("A code begins with a letter and has small letters, digits and _ only."), "code"),
    }
    if constraint not in words:
        raise error
    return WrongDefinition(*words[constraint])


def _follow(before: Definition, row: FieldDefinition) -> None:
    """What else has to change with a definition: its index, and what records are found by."""
    after = row.as_data()
    if before.filtered and not after.filtered:
        indexes.drop(after)
        FieldDefinition.objects.filter(pk=row.pk).update(indexed_at=None)
    elif after.filtered and not before.filtered:
        tasks.request_index(definition=row)
    if after.type is Type.TEXT and bool(before.seen_by) is not bool(after.seen_by):
        tasks.request_search(kind=row.kind, holding=row.code)
