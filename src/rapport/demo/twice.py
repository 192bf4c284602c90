"""Records that stand there twice, one merge, and what some people asked about their data."""

from datetime import datetime, timedelta

from rapport.identity.models import User
from rapport.people import twins
from rapport.people.actions import change_person, merge_people
from rapport.people.models import OF_KIND, Person
from rapport.people.privacy import requests

TWINS, ASKED = 4, ("access", "correct", "withdraw", "erase")


def make(*, by: User, at: datetime) -> None:
    """Contacts who also bought in the shop under a second record, one of them merged since; four requests."""
    people = Person.objects.live().exclude(full_name="")
    shoppers = list(people.filter(affiliations=None).order_by("pk")[: TWINS + len(ASKED)])
    contacts = people.filter(affiliations__isnull=False, affiliations__until=None).exclude(phone="")
    for place, (person, again) in enumerate(zip(contacts.distinct().order_by("pk")[:TWINS], shoppers, strict=False)):
        changes = {"full_name": person.full_name.upper(), "phone": person.phone}
        change_person(person=again, version=again.version, changes=changes, by=by, at=at - timedelta(days=9))
        if not place:
            again.refresh_from_db()
            merge_people(
                kept=person, gone=again, versions=(person.version, again.version), by=by, at=at - timedelta(days=3)
            )
    for kind in OF_KIND:
        twins.search(kind=kind, at=at)
    for place, (kind, person) in enumerate(zip(ASKED, shoppers[TWINS:], strict=False)):
        _ask(kind, person, place, by=by, at=at)


def _ask(kind: str, person: Person, place: int, *, by: User, at: datetime) -> None:
    """A request: the first one done, the second one answered, the third one late."""
    came = at - timedelta(days=13 - 4 * place)
    made = requests.add(kind=kind, received_on=came.date(), by=by, at=came, person=person)
    if place < 2:
        made = requests.answered(request=made, version=made.version, by=by, at=came + timedelta(days=1))
    if not place:
        done = came + timedelta(days=5)
        requests.finish(request=made, version=made.version, refused=False, reason="", by=by, at=done)
