"""What changes values with their definition: another type, choices taken away, the whole field deleted."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rapport.core import audit
from rapport.core.errors import RapportError
from rapport.core.text import tidy
from rapport.fields import conversion, indexes, tasks
from rapport.fields.actions.defining import WrongDefinition, checked_choices, locked
from rapport.fields.conversion import Effect
from rapport.fields.definitions import WITH_CHOICES, Choice, Definition, Type
from rapport.fields.models import FieldDefinition
from rapport.identity.models import User


class NotItsName(RapportError):
    """Whoever deletes a field types what it is called; this was something else."""


def as_type(before: Definition, to: Type) -> Definition:
    """The definition as it would be with another type. Raises WrongDefinition where no way leads there."""
    if to not in conversion.ALLOWED[before.type]:
        raise WrongDefinition(_("A field of this kind cannot become that."), "to")
    choices = before.choices if to in WITH_CHOICES else ()
    if to in WITH_CHOICES and before.type is Type.TEXT:
        found = conversion.choices_of(before)
        if not found:
            raise WrongDefinition(
                _("There are no texts yet, or more than %(most)d different ones: too many to choose from.")
                % {"most": conversion.MOST_CHOICES},
                "to",
            )
        choices = found
    return replace(before, type=to, choices=choices)


@transaction.atomic
def change_type(
    *, definition: FieldDefinition, version: int, to: Type, currency: str, by: User, at: datetime
) -> Effect:
    """Let a field take something else; every value is turned, and what does not fit is emptied.

    Raises ChangedByAnother, WrongDefinition, NotAllowed.
    """
    row = locked(definition, version=version, by=by)
    before = row.as_data()
    return _turn(row, before, as_type(before, to), currency=currency, by=by, at=at)


@transaction.atomic
def change_choices(
    *, definition: FieldDefinition, version: int, choices: Sequence[Choice], by: User, at: datetime
) -> Effect:
    """Give a field other choices; what is no choice any more is taken out of the records that hold it.

    Raises ChangedByAnother, WrongDefinition, NotAllowed.
    """
    row = locked(definition, version=version, by=by)
    before = row.as_data()
    after = replace(before, choices=checked_choices(before.type, choices))
    if after.choices == before.choices:
        return Effect()
    gone = {each.code for each in before.choices} - {each.code for each in after.choices}
    if gone:
        return _turn(row, before, after, currency="", by=by, at=at)
    row.choices = [asdict(choice) for choice in after.choices]
    _next_version(row, ["choices"])
    audit.record("fields.choices_changed", target=row, by=by, at=at, data={"code": row.code})
    return Effect()


@transaction.atomic
def delete_field(*, definition: FieldDefinition, version: int, typed: str, by: User, at: datetime) -> int:
    """Delete a field and all its values; gives how many records held one. Search texts follow in the background.

    Raises NotItsName unless what was typed is its label or code, ChangedByAnother, NotAllowed.
    """
    row = locked(definition, version=version, by=by)
    names = {tidy(name).casefold() for name in (row.label_vi, row.label_en, row.code) if name}
    if tidy(typed).casefold() not in names:
        raise NotItsName(_("Type what the field is called, to show that you mean this one."))
    data = row.as_data()
    indexes.drop(data)
    audit.record("fields.deleted", target=row, by=by, at=at, data={"kind": row.kind, "code": row.code})
    row.delete()
    held = conversion.empty(data, at=at)
    if held and data.type is Type.TEXT:
        tasks.request_search(kind=data.kind, since=at)
    return held


def _turn(
    row: FieldDefinition, before: Definition, after: Definition, *, currency: str, by: User, at: datetime
) -> Effect:
    """Make the field the other definition, with all its values."""
    effect = conversion.effect(before, after, currency=currency)
    indexes.drop(before)
    changed = conversion.apply(before, after, currency=currency, at=at)
    row.type = after.type
    row.choices = [asdict(choice) for choice in after.choices]
    row.default = conversion.turned_default(before, after, currency=currency)
    row.indexed_at = None
    _next_version(row, ["type", "choices", "default", "indexed_at"])
    data = {"code": row.code, "from": before.type, "to": after.type, "held": effect.held, "emptied": effect.emptied}
    audit.record("fields.turned", target=row, by=by, at=at, data=data)
    if changed and Type.TEXT in (before.type, after.type):
        tasks.request_search(kind=row.kind, since=at)
    if row.filtered and row.retired_at is None:
        tasks.request_index(definition=row)
    return effect


def _next_version(row: FieldDefinition, fields: list[str]) -> None:
    row.version += 1
    row.save(update_fields=[*fields, "version"])
