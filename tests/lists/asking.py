"""Lists asked for as their pages ask for them."""

from typing import Any

from django.http import QueryDict
from django.utils.http import urlencode

from rapport.identity.models import User
from rapport.identity.rights import Kind
from rapport.lists import asked, catalogue, queries
from rapport.lists.queries import ListPage
from tests.factories import AT


def listed(user: User, kind: Kind, *, cursor: str = "", **given: Any) -> ListPage:
    """A page of the list that is asked for this."""
    found = catalogue.of(kind, user=user, now=AT)
    wanted = asked.read(found, QueryDict(urlencode(given)))
    assert not wanted.problems, wanted.problems
    return queries.page_of(found, user=user, asked=wanted, cursor=cursor)


def names(user: User, kind: Kind, **given: Any) -> list[str]:
    """What the records on the first page are called."""
    return [str(row.record) for row in listed(user, kind, **given).rows]


def page_by_page(user: User, kind: Kind, **given: Any) -> list[int]:
    """The numbers of the records of all pages."""
    page = listed(user, kind, **given)
    found = [row.record.pk for row in page.rows]
    while page.next_cursor:
        page = listed(user, kind, cursor=page.next_cursor, **given)
        found += [row.record.pk for row in page.rows]
    return found
