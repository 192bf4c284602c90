"""The members of a segment as rows of a file: what a person needs to be written to, in both languages the same."""

from datetime import datetime

from django.utils import timezone

from rapport.core.spreadsheets import guarded_throughout
from rapport.people.models import Person

HEAD = ("external_id", "full_name", "email", "phone", "province", "country", "language", "tags", "entered_at")


def row(person: Person, entered_at: datetime) -> list[str]:
    """One member, in the order of `HEAD`; cells are safe to open in a spreadsheet, phones stay as they are."""
    cells = [person.external_id or "", person.full_name, person.email]
    rest = [person.province, person.country, person.language, ", ".join(person.tags)]
    entered = timezone.localtime(entered_at).isoformat(timespec="seconds")
    return [*map(guarded_throughout, cells), person.phone, *map(guarded_throughout, rest), entered]
