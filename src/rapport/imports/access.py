"""Who may see and run imports.

A file is matched against every record of its kinds, and what it finds it may overwrite. So a target is open to those
who may see, add and change all of what such a file touches: a row then never meets a record that is hidden from the
one who loads it, and no message can tell that one exists.
"""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from rapport.core.errors import NotAllowed
from rapport.identity import access
from rapport.identity.access import Kind
from rapport.identity.models import User
from rapport.imports import own
from rapport.imports.models import Import, SavedMapping, Target

# What a file of each target finds, changes or makes on the way; colleagues are otherwise a matter of the settings.
TOUCHED: dict[str, tuple[Kind, ...]] = {
    Target.PEOPLE: (Kind.PERSON, Kind.COMPANY),
    Target.COMPANIES: (Kind.COMPANY,),
    Target.AFFILIATIONS: (Kind.PERSON, Kind.COMPANY),
    Target.PRODUCTS: (Kind.PRODUCT,),
    Target.DEALS: (Kind.DEAL, Kind.PERSON, Kind.COMPANY, Kind.PRODUCT),
    Target.STAGE_CHANGES: (Kind.DEAL,),
    Target.ORDERS: (Kind.ORDER, Kind.PERSON, Kind.COMPANY, Kind.DEAL),
    Target.ORDER_LINES: (Kind.ORDER, Kind.PRODUCT),
    Target.INTERACTIONS: (Kind.INTERACTION, Kind.PERSON, Kind.COMPANY, Kind.DEAL),
}


def visible_to(user: User) -> QuerySet[Import]:
    """The imports a user may see: for whoever may import all of what they may load, none for the others.

    Nor those that fill a field which the user does not see: what is told of them holds its values.
    """
    return Import.objects.filter(~own.fills_unseen(user), target__in=[value for value, _label in targets_for(user)])


def targets_for(user: User) -> list[tuple[str, Any]]:
    """(value, label) of what the user may load."""
    return [one for one in Target.choices if may_load(user, one[0])]


def may_load(user: User, target: str) -> bool:
    """Whether the user may load files of a target: all of what they touch, colleagues with the settings."""
    if not access.may_import(user):
        return False
    if target not in TOUCHED:
        return access.may_configure(user)
    return access.reaches_all(user, TOUCHED[target], *own.DONE)


def import_for_view(*, user: User, pk: int) -> Import:
    """One import. Raises Http404 for one that is absent or hidden."""
    found = visible_to(user).select_related("by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def check_may_import(user: User) -> None:
    """Raises NotAllowed for a user who may not load files."""
    if not access.may_import(user):
        raise NotAllowed(_("Only those who look after the records load files: ask an administrator."))


def mapping_for_edit(*, user: User, pk: int) -> SavedMapping:
    """One saved mapping. Raises Http404 for one that is absent, and for a user who may not load files."""
    found = SavedMapping.objects.filter(pk=pk).first() if access.may_import(user) else None
    if found is None:
        raise Http404
    return found
