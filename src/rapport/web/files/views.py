"""The files of a record: looked at, added, given back, put away and fetched back."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rapport.commerce.keepers import KEEPERS, Keeper
from rapport.core import clock
from rapport.core.errors import NotAllowed
from rapport.identity.models import User
from rapport.timeline import attaching
from rapport.timeline.attachments import KeptFile
from rapport.web.files import giving
from rapport.web.files.kinds import address, page_of
from rapport.web.parts import back, sent
from rapport.web.people.forms import SaysWhatIsWrong


class FileForm(SaysWhatIsWrong):
    """A file to be added."""

    file = forms.FileField(label=gettext_lazy("File"), allow_empty_file=True)


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """All files of a record, and a form that adds one."""
    user, keeper = cast(User, request.user), KEEPERS[kind]
    is_sent = request.method == "POST"
    record = (keeper.edit if is_sent else keeper.see)(user, pk)
    form = FileForm(sent(request), request.FILES if is_sent else None)
    if getattr(request, "upload_refused", "") and not request.FILES:
        form.is_valid()
        form.add_error("file", _("The file is larger than there is room for."))
    elif form.saved(lambda: _added(form, keeper.row(record), user)):
        messages.success(request, _("The file was added."))
        return back(request, address(keeper, "page", pk))
    context = {
        "form": form, "record": record, "files": keeper.files(record), "keeper": keeper,
        "page_address": page_of(kind, record), "may_edit": _may_edit(keeper, user, pk),
    }  # fmt: skip
    return render(request, "files/page.html", context, status=422 if form.errors else 200)


def _added(form: FileForm, row: KeptFile, user: User) -> KeptFile:
    file: UploadedFile[Any] = form.cleaned_data["file"]
    return attaching.attach(row, name=file.name or "", pieces=file.chunks(), by=user, at=clock.now())


def _may_edit(keeper: Keeper, user: User, pk: int) -> bool:
    try:
        keeper.edit(user, pk)
    except NotAllowed:
        return False
    return True


@require_GET
def download(request: HttpRequest, pk: int, file: int, kind: str) -> FileResponse:
    """A file, to be saved."""
    return giving.download(_file(request, KEEPERS[kind], pk, file))


@require_GET
def preview(request: HttpRequest, pk: int, file: int, kind: str) -> HttpResponse:
    """The picture of a file."""
    return giving.preview(_file(request, KEEPERS[kind], pk, file))


@require_POST
def put(request: HttpRequest, pk: int, file: int, kind: str) -> HttpResponse:
    """Put a file away, or fetch it back with `restore`."""
    keeper, user = KEEPERS[kind], cast(User, request.user)
    record = keeper.edit(user, pk)
    row = keeper.file(record, file)
    if request.POST.get("restore"):
        attaching.fetch_back(row, by=user, at=clock.now())
        messages.success(request, _("Fetched back."))
    else:
        attaching.put_away(row, by=user, at=clock.now())
        messages.success(request, _("Put away. It can be fetched back."))
    return redirect(address(keeper, "page", pk))


def _file(request: HttpRequest, keeper: Keeper, pk: int, file: int) -> KeptFile:
    """A file of a record that the user may see. Raises Http404."""
    return keeper.file(keeper.see(cast(User, request.user), pk), file)
