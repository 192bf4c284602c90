"""Erasing a person: out of every holder, every trace, every text; what must stay stays without them.

The worker does it, so that no argument of a job ever holds a name. It is one transaction; files go when it is done.
"""

from datetime import datetime
from re import Pattern

import pgtrigger
from django.apps import apps
from django.db import transaction
from django.db.models import F, Model, Q
from django.utils.translation import gettext_lazy as _

from rapport.core import audit, blotting, held_files, holders, outbox
from rapport.core.errors import RapportError
from rapport.core.holders import Erased
from rapport.core.models import AuditEntry
from rapport.history.actions import forget
from rapport.history.models import Entry
from rapport.identity.models import User
from rapport.identity.tokens import KeptAnswer
from rapport.people.events import PersonErased
from rapport.people.holders import PERSON
from rapport.people.models import ContactPoint, Person, PrivacyRequest, Twins
from rapport.people.privacy import connected, files, identity
from rapport.people.privacy.identity import Identity
from rapport.people.suppression import suppress

# Colleagues, what others are called, and what runs the house are nobody's customer data.
NOT_SWEPT = ("identity", "auth", "contenttypes", "sessions", "account", "mfa", "socialaccount", "procrastinate")
OWN_DATA = (Person, ContactPoint)
# What a row is called, and what is derived from that.
CALLED = ("name", "sort_name", "search_text")


class CannotErase(RapportError):
    """This person cannot be erased now."""


def erase(*, request: PrivacyRequest, by: User | None, at: datetime) -> dict[str, int]:
    """Erase whom the request is about; gives how many rows went or changed, by table. Raises CannotErase."""
    with transaction.atomic():
        request = PrivacyRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        person = Person.objects.locked().filter(pk=request.person_id).first()
        if person is None or request.kind != "erase":
            raise CannotErase(_("The request names nobody any more."))
        _settle(person, request, at=at)
        counts, left = _erase(person, names_too=request.names_too, by=by, at=at)
        outbox.put(PersonErased(person_ids=left.ids))
        PrivacyRequest.objects.filter(pk=request.pk).update(
            outcome=PrivacyRequest.Outcome.DONE, step="", done_at=at, version=request.version + 1
        )
    return counts


def _settle(person: Person, request: PrivacyRequest, *, at: datetime) -> None:
    """What else the person asked for is done with: nobody could tell any more whose it was."""
    others = PrivacyRequest.objects.filter(person__in=identity.of(person).ids, outcome="").exclude(pk=request.pk)
    others.update(outcome=PrivacyRequest.Outcome.DONE, step="", done_at=at, version=F("version") + 1)


def _erase(person: Person, *, names_too: bool, by: User | None, at: datetime) -> tuple[dict[str, int], Erased]:
    who = identity.of(person)
    alone = who.not_shared()
    namesakes = who.namesakes()
    rows = connected.rows_about(who.ids)
    stored = held_files.stored_of(who.ids)
    _drop_archives(who)
    counts, removed = _let_go(who)
    _add_gone(rows, removed)
    for model, ids in rows.items():
        _count(counts, model, blotting.blot(model, ids, who.words.told))
    _find_again(rows)
    gone = Erased(ids=who.ids, removed=removed)
    for trace in holders.traces():
        counts[trace.code] = trace.forget(gone)
    suppress(emails=alone.emails, phones=alone.phones, at=at)
    Twins.objects.filter(Q(low_id__in=who.ids) | Q(high_id__in=who.ids), kind="person").delete()
    # A row with an address of theirs is about them; but what another of the same name is called stays.
    pattern = alone.addresses if namesakes and not names_too else alone.told
    _sweep(alone, pattern, names_too=names_too, counts=counts)
    _drop_answers(who)
    _forget_history(who, rows, removed)
    _sweep_history(alone, pattern, names_too=names_too)
    transaction.on_commit(lambda: held_files.let_go(stored))
    audit.record("people.person_erased", target=Person(pk=person.pk), by=by, at=at, data={"counts": counts})
    return counts, gone


def _let_go(who: Identity) -> tuple[dict[str, int], dict[str, list[int]]]:
    """Every holder lets go, then the person goes; gives the counts, and the ids of the rows that are gone by table."""
    counts: dict[str, int] = {}
    held = [(holder, list(holder.held_by(who.ids).values_list("pk", flat=True))) for holder in holders.of(PERSON)]
    # The records merged into this one go first, then the one itself.
    for pk in reversed(who.ids):
        for holder in holders.of(PERSON):
            _count(counts, holder.model, holder.erase(pk))
    Person.objects.filter(pk__in=who.ids).delete()
    removed: dict[str, list[int]] = {"people_person": list(who.ids)}
    for holder, ids in held:
        left = set(holder.model._base_manager.filter(pk__in=ids).values_list("pk", flat=True))
        removed.setdefault(holder.model._meta.db_table, []).extend(pk for pk in ids if pk not in left)
    AuditEntry.objects.filter(target_kind=Person._meta.label_lower, target_id__in=who.ids).update(data={})
    return counts, removed


def _add_gone(rows: connected.Rows, removed: dict[str, list[int]]) -> None:
    """Add what went because something else did: what happened with nobody else, and what hung on it."""
    for model, ids in rows.items():
        known = removed.setdefault(model._meta.db_table, [])
        left = set(model._base_manager.filter(pk__in=ids).values_list("pk", flat=True))
        known += sorted(ids - left - set(known))


def _drop_archives(who: Identity) -> None:
    """The archives that were made of their data go."""
    made = PrivacyRequest.objects.filter(person__in=who.ids).exclude(file="")
    names = list(made.values_list("file", flat=True))
    made.update(file="", file_until=None)
    transaction.on_commit(lambda: files.remove(names))


def _find_again(rows: connected.Rows) -> None:
    """What records are found by is derived anew where the person was part of it."""
    for holder in holders.of(PERSON):
        if holder.after and holder.forgotten and rows.get(holder.model):
            holder.after(sorted(rows[holder.model]))


def _sweep(words: blotting.Words, pattern: Pattern[str], *, names_too: bool, counts: dict[str, int]) -> None:
    """Take the words out of every row of the database that holds an address of nobody else; with `names_too` out of
    every row with the name, but for what is only called the same.
    """
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in NOT_SWEPT or model in OWN_DATA or model is Entry or not model._meta.managed:
            continue
        is_called = any(each.name in CALLED[:1] for each in blotting.columns(model))
        for ids in blotting.holding(model, words.likely(names=names_too and not is_called)):
            _count(counts, model, blotting.blot(model, ids, pattern))
        for ids in blotting.holding(model, words.likely(names=True)) if names_too and is_called else ():
            _count(counts, model, blotting.blot(model, ids, pattern, called=CALLED))


def _drop_answers(who: Identity) -> None:
    """Answers of the API that are kept for those who ask twice go where they tell of the person."""
    for kept in KeptAnswer.objects.iterator():
        text = bytes(kept.body).decode("utf-8", "replace")
        if blotting.blotted(text, who.words.told) != text:
            kept.delete()


def _forget_history(who: Identity, rows: connected.Rows, removed: dict[str, list[int]]) -> None:
    """What was noted of the rows that are gone keeps no value; what was noted of those that stay loses the words."""
    kinds = {model._meta.db_table: model._meta.label_lower for model in apps.get_models(include_auto_created=True)}
    entries = Entry.objects.all()
    for pk in who.ids:
        forget(Person, pk)
    with pgtrigger.ignore("history.Entry:append_only"):
        for table, gone in removed.items():
            entries.filter(kind=kinds[table], record_id__in=gone).update(before=None, after=None)
    for model, ids in rows.items():
        known = entries.filter(kind=model._meta.label_lower, record_id__in=ids)
        blotting.blot(Entry, known.values_list("pk", flat=True), who.words.told)


def _sweep_history(words: blotting.Words, pattern: Pattern[str], *, names_too: bool) -> None:
    """The history last of all: what the erasure itself changed is noted there, too."""
    for found in blotting.holding(Entry, words.likely(names=names_too)):
        blotting.blot(Entry, found, pattern)


def _count(counts: dict[str, int], model: type[Model], number: int) -> None:
    if number:
        counts[model._meta.label] = counts.get(model._meta.label, 0) + number
