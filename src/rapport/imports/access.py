"""Who may see and run imports."""

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from rapport.core.errors import NotAllowed
from rapport.identity import access
from rapport.identity.models import User
from rapport.imports.models import Import, SavedMapping


def visible_to(user: User) -> QuerySet[Import]:
    """The imports a user may see: all of them for whoever may import, none for the others."""
    return Import.objects.all() if access.may_import(user) else Import.objects.none()


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
