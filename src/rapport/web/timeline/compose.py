"""Writing on the timeline of a customer, and what a page needs to show it."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from rapport.core.errors import RapportError
from rapport.deals.models import Deal
from rapport.identity.access import Kind as Right
from rapport.identity.models import User
from rapport.people.access import check_may_add
from rapport.people.models import Company, Person
from rapport.timeline import actions
from rapport.timeline.rules import split_text
from rapport.web.timeline import sources
from rapport.web.timeline.forms import Composer
from rapport.web.timeline.sources import Kind, TimelinePage


@dataclass(frozen=True, kw_only=True)
class TimelinePart:
    """What the timeline of a record page shows. Without a composer one may only read."""

    page: TimelinePage
    kinds: list[Kind]
    composer: Composer | None
    write_address: str
    page_address: str

    @property
    def more_address(self) -> str:
        """Where the next page is."""
        asked = {"kind": self.page.kind, "cursor": self.page.next_cursor}
        return f"{self.page_address}?{urlencode({name: value for name, value in asked.items() if value})}"


def part(
    *,
    request: HttpRequest,
    user: User,
    composer: Composer | None,
    write_address: str,
    page_address: str,
    person: Person | None = None,
    company: Company | None = None,
    deal: Deal | None = None,
) -> TimelinePart:
    """The timeline of a customer or a deal as the address asks for it: `?kind=` and `?cursor=`."""
    return TimelinePart(
        page=sources.page(
            user=user,
            person=person,
            company=company,
            deal=deal,
            kind=request.GET.get("kind", ""),
            cursor=request.GET.get("cursor", ""),
        ),
        kinds=sources.kinds(),
        composer=composer,
        write_address=write_address,
        page_address=page_address,
    )


def write(
    *,
    composer: Composer,
    by: User,
    at: datetime,
    person: Person | None = None,
    company: Company | None = None,
) -> bool:
    """Write what the form holds onto the timeline; False where it cannot be, with the reason in the form.

    On a person's page the person took part, whoever else is ticked; on a company's page the company did.
    """
    if not composer.is_valid():
        return False
    try:
        if composer.is_task:
            _add_task(composer, by=by, at=at, person=person, company=company)
        else:
            _record(composer, by=by, at=at, person=person, company=company)
    except RapportError as error:
        composer.add_error(None, str(error))
        return False
    return True


def _add_task(composer: Composer, *, by: User, at: datetime, person: Person | None, company: Company | None) -> None:
    given = composer.cleaned_data
    check_may_add(by, Right.TASK)
    actions.add_task(
        what=given["text"], due_on=given["due_on"], person=person, company=company,
        owner=given["owner"], by=by, at=at,
    )  # fmt: skip


def _record(composer: Composer, *, by: User, at: datetime, person: Person | None, company: Company | None) -> None:
    given = composer.cleaned_data
    subject, body = split_text(given["text"])
    actions.record_interaction(
        kind=given["kind"], happened_at=given["happened_at"], minutes=given["minutes"],
        direction=given["direction"], subject=subject, body=body,
        people=[*([person] if person else []), *composer.took_part()],
        company=company or composer.chosen_company(), by=by, at=at,
    )  # fmt: skip


def said(composer: Composer) -> str:
    """What the page says after something was written down."""
    return _("Task added.") if composer.is_task else _("Added to the timeline.")
