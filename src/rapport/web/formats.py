"""How numbers, days and instants are written in each language: pure functions of a value and a language."""

from datetime import date, datetime, time

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.core.written import day as day
from rapport.core.written import month_name
from rapport.core.written import number as number
from rapport.core.written import share as share

_LEGAL_WORDS = (
    "công ty cp cổ phần tnhh mtv một thành viên tập đoàn tổng dntn hợp tác xã htx chi nhánh"
    " the inc ltd llc plc co corp corporation company limited group jsc"
)
LEGAL_WORDS = frozenset(_LEGAL_WORDS.split())


def day_of_year(value: date, *, language: str) -> str:
    """A day of a year that is clear from elsewhere: `21/11`, `21 Nov`."""
    return f"{value.day} {month_name(value)}" if language == "en" else f"{value:%d/%m}"


def month(value: date | None, *, language: str) -> str:
    """A month: `11/2026` in Vietnamese, `Nov 2026` in English."""
    if value is None:
        return ""
    return f"{month_name(value)} {value.year}" if language == "en" else f"{value:%m/}{value.year}"


def instant(value: datetime | None, *, language: str) -> str:
    """A local instant in full: `21/11/2026 14:00`."""
    return f"{day(value, language=language)} {value:%H:%M}" if value else ""


def when(value: datetime, *, now: datetime, language: str) -> str:
    """A local instant as one says it: `Yesterday 14:00`, `18/11 09:30`, `18/11/2025`.

    Midnight sharp is taken for a day whose time is not known, as imports bring them.
    """
    days = (value.date() - now.date()).days
    names = {0: _("Today"), -1: _("Yesterday"), 1: _("Tomorrow")}
    if days not in names and value.year != now.year:
        return day(value, language=language)
    name = names.get(days) or day_of_year(value, language=language)
    return name if value.time() == time() else f"{name} {value:%H:%M}"


def due(value: date, *, today: date, language: str) -> str:
    """A day to come as one says it: `Today`, `Tomorrow`, `In 5 days`, `3 days late`, else the day."""
    days = (value - today).days
    if days in (0, 1):
        return _("Today") if days == 0 else _("Tomorrow")
    if days < 0:
        return ngettext("%(days)s day late", "%(days)s days late", -days) % {"days": -days}
    if days <= 14:
        return ngettext("In %(days)s day", "In %(days)s days", days) % {"days": days}
    return day(value, language=language)


def duration(minutes: int | None) -> str:
    """Minutes as hours and minutes: `45 min`, `2 h`, `2 h 10 min`; unknown is empty."""
    if minutes is None:
        return ""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)s min") % {"minutes": rest}
    if not rest:
        return _("%(hours)s h") % {"hours": hours}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}


def file_size(size: int | None, *, language: str) -> str:
    """Bytes in the unit one reads: `812 B`, `4.2 MB`; unknown is empty."""
    if size is None:
        return ""
    value = float(size)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{number(value, language=language, digits=0 if unit == 'B' else 1)} {unit}"
        value /= 1000
    return f"{number(value, language=language, digits=1)} GB"


def initials(name: str, *, of_company: bool = False) -> str:
    """Two letters for a round badge: first and last word; of a company the last two words that name it."""
    words = [word for word in name.split() if word[0].isalnum()]
    if of_company:
        own = [word for word in words if word.casefold().strip(".,") not in LEGAL_WORDS]
        words = (own or words)[-2:]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return "".join(letters).upper() or "?"
