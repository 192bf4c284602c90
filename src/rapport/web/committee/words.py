"""A committee's alarms and suggestions in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.deals.models import CommitteeRole, Coverage
from rapport.deals.queries.committee import Committee, Seat
from rapport.deals.queries.committee_hints import Suggestion
from rapport.deals.rules.committee import Alarm

_WORST = frozenset({"nobody", "no_decision_maker", "against"})


@dataclass(frozen=True)
class Told:
    """An alarm as it is shown."""

    text: str
    hue: str


def roles(codes: Iterable[str]) -> str:
    """The names of some roles, with commas between."""
    return ", ".join(str(CommitteeRole(code).label) for code in codes)


def required(committee: Committee) -> list[tuple[str, bool]]:
    """The roles that the present stage requires, and whether each is met."""
    covered = committee.covered
    return [(str(CommitteeRole(role).label), role in covered.met) for role in covered.required]


def name_of(seat: Seat) -> str:
    """The name of a person, or that the reader may not know it."""
    return str(seat.person) if seat.person else _("Somebody you may not see")


def told(committee: Committee) -> list[Told]:
    """The alarms of a committee."""
    return [Told(_text(alarm, committee), "bad" if alarm.code in _WORST else "warn") for alarm in committee.alarms]


def _text(alarm: Alarm, committee: Committee) -> str:
    who = {"who": _names(alarm, committee)}
    if alarm.code == "nobody":
        return _("Nobody is known to take part in this decision yet.")
    if alarm.code == "no_decision_maker":
        return _("Nobody is known to be the decision maker.")
    if alarm.code == "decision_maker_never":
        return _("No contact with the decision maker was ever recorded: %(who)s.") % who
    if alarm.code == "decision_maker_quiet":
        days = alarm.days or 0
        text = ngettext(
            "No contact with the decision maker for %(days)d day: %(who)s.",
            "No contact with the decision maker for %(days)d days: %(who)s.",
            days,
        )
        return text % (who | {"days": days})
    if alarm.code == "against":
        return _("Not for us, and their word counts much: %(who)s.") % who
    if alarm.code == "one_person":
        return _("Everything hangs on one person: %(who)s.") % who
    least, known = committee.settings.fewest_people, len(committee.seats)
    return _("Only %(known)d people are known here; there should be %(least)d or more.") % {
        "known": known,
        "least": least,
    }


def _names(alarm: Alarm, committee: Committee) -> str:
    named = []
    for person_id in alarm.people:
        seat = committee.seat_of(person_id)
        named.append(str(seat.person) if seat and seat.person else _("somebody you may not see"))
    return ", ".join(named)


def offer(suggestion: Suggestion) -> str:
    """What a suggestion would enter."""
    person = {"person": suggestion.person}
    if suggestion.topic == "join" and suggestion.role:
        role = {"role": CommitteeRole(suggestion.role).label}
        return _("%(person)s could be on the committee as: %(role)s") % (person | role)
    if suggestion.topic == "join":
        return _("%(person)s could be on the committee") % person
    if suggestion.role:
        return _("%(person)s could be: %(role)s") % (person | {"role": CommitteeRole(suggestion.role).label})
    return _("Contact with %(person)s: %(coverage)s") % (person | {"coverage": Coverage(suggestion.coverage).label})


def evidence(suggestion: Suggestion) -> str:
    """What a suggestion rests on; also what is kept as evidence when it is taken."""
    if suggestion.source == "talk":
        return f"“{suggestion.quote}”"
    parts = []
    if suggestion.talks:
        talks = ngettext(
            "%(count)d talk recorded on this deal", "%(count)d talks recorded on this deal", suggestion.talks
        )
        parts.append(talks % {"count": suggestion.talks})
    if suggestion.quote:
        parts.append(_("title: “%(title)s”") % {"title": suggestion.quote})
    return " · ".join(parts) or _("contact of this deal")
