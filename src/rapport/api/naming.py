"""What requests name by number: owners and companies; and what narrows lists of people and companies alike."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from rapport.api.problems import invalid
from rapport.core.paging import Sort
from rapport.core.querysets import RecordQuerySet
from rapport.identity.models import User
from rapport.people import access
from rapport.people.models import Company, Person

RECORD_SORTS = {
    "id": Sort("id"),
    "-id": Sort("id", descending=True),
    "name": Sort("sort_name"),
    "-name": Sort("sort_name", descending=True),
    "recorded_at": Sort("recorded_at"),
    "-recorded_at": Sort("recorded_at", descending=True),
}
Found = TypeVar("Found")
Row = TypeVar("Row", bound=Model)


def with_owner(values: dict[str, Any]) -> dict[str, Any]:
    """The values with the user that `owner_id` names as `owner`. Raises Problem for nobody."""
    if "owner_id" not in values:
        return values
    rest = {name: value for name, value in values.items() if name != "owner_id"}
    return rest | {"owner": user_named("owner_id", values["owner_id"])}


def user_named(field: str, pk: int | None) -> User | None:
    """A colleague by number, None for None. Raises Problem that names the field."""
    if pk is None:
        return None
    found = User.objects.select_related("team").filter(pk=pk).first()
    if found is None:
        raise invalid(field, _("There is no such colleague."))
    return found


def person_named(user: User, field: str, pk: int | None) -> Person | None:
    """A person that the user may see by number, None for None. Raises Problem that names the field."""
    return None if pk is None else named(field, lambda: access.person_for_view(user, pk))


def company_named(user: User, field: str, pk: int | None) -> Company | None:
    """A company that the user may see by number, None for None. Raises Problem that names the field."""
    return None if pk is None else named(field, lambda: access.company_for_view(user, pk))


def company(user: User, pk: int) -> Company:
    """A company that the user may see. Raises Problem that names the field."""
    found = Company.objects.visible_to(user).filter(pk=pk).first()
    if found is None:
        raise invalid("company_id", _("There is no such company, or none that you may see."))
    return found  # type: ignore[no-any-return]


def found(rows: "QuerySet[Row]", pk: int) -> Row:
    """The row of this number among those. Raises Http404."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def named(field: str, door: Callable[[], Found]) -> Found:
    """What a door gives for a number in the body: there, nothing behind it is an error of the field."""
    try:
        return door()
    except Http404 as error:
        raise invalid(field, _("There is nothing with this number, or nothing that you may see.")) from error


def check_has_main(person: Person, kind: str) -> None:
    """Raises Problem for the first e-mail or phone of a person, which is a field of the person."""
    if kind in ("email", "phone") and not getattr(person, kind):
        raise invalid("kind", _("The person has none yet: set it as a field of the person."))


def equal(asked: Any, *names: str) -> dict[str, Any]:
    """The conditions of the parameters that were given."""
    return {name: getattr(asked, name) for name in names if getattr(asked, name) is not None}


def narrowed(rows: RecordQuerySet, asked: Any) -> RecordQuerySet:
    """The rows that the parameters leave, put away or not; `q` finds words as the search box does."""
    known = [name for name in ("external_id", "email", "phone", "owner_id", "tax_id") if hasattr(asked, name)]
    condition = Q(**equal(asked, *known))
    if asked.tag is not None:
        condition &= Q(tags__contains=[asked.tag])
    if asked.updated_since is not None:
        condition &= Q(updated_at__gte=asked.updated_since)
    rows = rows.filter(condition)
    return rows if asked.q is None else rows.word_search(asked.q)
