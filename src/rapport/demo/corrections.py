"""Corrections that colleagues of the demo company made on pages, so that the history of some records says something."""

from contextlib import AbstractContextManager
from datetime import datetime

import numpy as np

from rapport.core.acting import Through, acting
from rapport.history.models import Entry
from rapport.identity.models import User
from rapport.people import actions
from rapport.people.models import Company, Person

PEOPLE, COMPANIES = 6, 4
TITLES = ("Giám đốc thu mua", "Trưởng phòng kế hoạch", "Phó giám đốc sản xuất")
MARKED = "khách mẫu"


def make(*, at: datetime, seed: int) -> int:
    """Correct titles and tags of a few contacts and companies, each by its owner; how many records were changed.

    Loading again changes nothing.
    """
    if Entry.objects.filter(kind="people.person", through=Through.PAGE).exists():
        return 0
    draw = np.random.default_rng([seed, 12])
    with_posts = Person.objects.filter(owner__isnull=False, affiliations__isnull=False).distinct()
    contacts = list(with_posts.order_by("pk")[:60])
    accounts = list(Company.objects.filter(owner__isnull=False).order_by("pk")[:60])
    people = [contacts[place] for place in sorted(draw.permutation(len(contacts)).tolist()[:PEOPLE])]
    companies = [accounts[place] for place in sorted(draw.permutation(len(accounts)).tolist()[:COMPANIES])]
    for place, person in enumerate(people):
        title = {"title": TITLES[place % len(TITLES)]}
        with _owner_at("people:edit", person.owner):
            actions.change_person(person=person, version=person.version, changes=title, by=person.owner, at=at)
    for company in companies:
        tags = {"tags": [*company.tags, MARKED]}
        with _owner_at("companies:edit", company.owner):
            actions.change_company(company=company, version=company.version, changes=tags, by=company.owner, at=at)
    return len(people) + len(companies)


def _owner_at(page: str, owner: User) -> AbstractContextManager[None]:
    return acting(user_id=owner.pk, through=Through.PAGE, what=page)
