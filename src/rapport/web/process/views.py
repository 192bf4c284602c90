"""Pages of one deal: its history with before and after, and its documents."""

from typing import Any, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rapport.core import clock
from rapport.deals import access
from rapport.deals.actions import documents as actions
from rapport.deals.models import Deal, DealDocument, DocumentKind
from rapport.deals.queries import documents as queries
from rapport.deals.queries import history as past
from rapport.deals.rules.requirements import DOCUMENTS
from rapport.identity.models import User
from rapport.people.actions import WrongValue
from rapport.timeline.attaching import TooMany
from rapport.web import undoing
from rapport.web.deals.panels import tab_context
from rapport.web.files import giving
from rapport.web.parts import back, whole_or_part
from rapport.web.process.forms import DocumentForm

CHOICES = {
    "": None,
    "stages": {past.STAGE},
    "amounts": {"amount", "currency"},
    "days": {"expected_close_on"},
}


@require_GET
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Changes of stage, amount and expected day, all or of one kind; htmx gets the list alone."""
    user = cast(User, request.user)
    deal = access.deal_for_view(user, pk)
    found = past.history(deal)
    asked = request.GET.get("show", "")
    chosen = CHOICES.get(asked)
    context = tab_context(user, deal, current="process:history") | {
        "sums": found.sums,
        "rows": [row for row in found.rows if chosen is None or row.kind in chosen],
        "hidden": found.hidden,
        "show": asked if asked in CHOICES else "",
        "choices": [
            ("", _("Everything")),
            ("stages", _("Stages")),
            ("amounts", _("Amounts")),
            ("days", _("Expected day")),
        ],
    }
    return whole_or_part(request, "process/history.html", "process/_history.html", context)


@require_http_methods(["GET", "POST"])
def documents(request: HttpRequest, pk: int) -> HttpResponse:
    """The documents of a deal, and a form that adds one."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, pk) if request.method == "POST" else access.deal_for_view(user, pk)
    if request.method != "POST":
        asked = request.GET.get("kind", "")
        form = DocumentForm(initial={"kind": asked if asked in DOCUMENTS else DocumentKind.OTHER})
        return _documents_page(request, user, deal, form)
    form = DocumentForm(request.POST, request.FILES)
    if getattr(request, "upload_refused", "") and not request.FILES:
        form.is_valid()
        form.add_error("file", _("The file is larger than there is room for."))
    if form.is_valid() and _add(form, deal, user):
        return back(request, f"/deals/{deal.pk}/documents/")
    return _documents_page(request, user, deal, form, status=422)


def _add(form: DocumentForm, deal: Deal, user: User) -> bool:
    file: UploadedFile[Any] = form.cleaned_data["file"]
    try:
        actions.add_document(
            deal=deal, kind=form.cleaned_data["kind"], name=file.name or "", pieces=file.chunks(), by=user,
            at=clock.now(),
        )  # fmt: skip
    except WrongValue as error:
        form.add_error(error.field, str(error))
        return False
    except TooMany as error:
        form.add_error("file", str(error))
        return False
    return True


def _documents_page(
    request: HttpRequest, user: User, deal: Deal, form: DocumentForm, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"documents": queries.documents(deal), "form": form}
    return render(request, "process/documents.html", tab_context(user, deal, current="") | context, status=status)


@require_GET
def download(request: HttpRequest, pk: int, document: int) -> FileResponse:
    """A document, always as a file to save: it is never shown as a page of ours."""
    deal = access.deal_for_view(cast(User, request.user), pk)
    return giving.download(_document(deal, document))


@require_GET
def preview(request: HttpRequest, pk: int, document: int) -> HttpResponse:
    """The picture of a document."""
    deal = access.deal_for_view(cast(User, request.user), pk)
    return giving.preview(_document(deal, document))


@require_POST
def remove(request: HttpRequest, pk: int, document: int) -> HttpResponse:
    """Put a document away."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, pk)
    actions.remove_document(document=_document(deal, document), by=user, at=clock.now())
    address = reverse("process:restore-document", args=[pk, document])
    undoing.told(request, _("Put away. It can be fetched back."), address=address)
    return redirect("process:documents", pk)


@require_POST
def restore(request: HttpRequest, pk: int, document: int) -> HttpResponse:
    """Fetch a document back."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, pk)
    actions.restore_document(document=_document(deal, document), by=user, at=clock.now())
    messages.success(request, _("Fetched back."))
    return redirect("process:documents", pk)


def _document(deal: Deal, pk: int) -> DealDocument:
    found = queries.document_of(deal, pk)
    if found is None:
        raise Http404
    return found
