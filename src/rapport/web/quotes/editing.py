"""Writing a draft: its form, the sums as one types, saving, and asking for approval."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from rapport.core import clock
from rapport.core.errors import ChangedByAnother, RapportError
from rapport.deals import access
from rapport.deals.actions import quote_steps
from rapport.deals.actions import quotes as actions
from rapport.deals.actions.quotes import WrongLine
from rapport.deals.models import Deal, Quote
from rapport.identity.models import User
from rapport.people.actions import WrongValue
from rapport.web import conflict
from rapport.web.deals import panels
from rapport.web.parts import is_part
from rapport.web.people.forms import ask_again
from rapport.web.quotes import drafting, mixing, shown
from rapport.web.quotes.drafting import Editor
from rapport.web.quotes.forms import LINES
from rapport.web.seen import BEFORE, token

SAVING = ("", "save", "submit")


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, deal_pk: int, pk: int) -> HttpResponse:
    """The editor of a draft; a button of its lines gives the editor anew, the others save it."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, deal_pk)
    quote = shown.quote_of(deal, pk)
    if request.method != "POST":
        if quote.status != Quote.Status.DRAFT:
            return redirect("quotes:page", deal.pk, quote.pk)
        return _page(request, deal, drafting.opened(quote, user=user))
    editor = drafting.read(quote, request.POST, user=user)
    order = request.POST.get("do", "")
    if order not in SAVING:
        if is_part(request):
            return render(request, "quotes/_editor.html", {"editor": editor, "deal": deal})
        return _page(request, deal, editor)
    editor = mixing.chosen(request, editor, user=user)
    editor.is_checked = True
    if quote.status != Quote.Status.DRAFT:
        # Finished by someone else meanwhile: what was typed stays on the screen.
        said = _("This quote is “%(status)s” by now, so it cannot be changed. What you typed still stands here.")
        return _page(request, deal, editor, status=409, complaint=said % {"status": quote.get_status_display()})
    if not editor.is_valid():
        return _page(request, deal, editor, status=422, complaint=_("Some lines or fields are not right yet."))
    try:
        _save(request, editor, and_submit=order == "submit")
    except (WrongLine, WrongValue) as error:
        return _page(request, deal, editor, status=422, complaint=_say(editor, error))
    except ChangedByAnother:
        return mixing.page(request, editor)
    except RapportError as error:
        return _page(request, deal, editor, status=422, complaint=str(error))
    quote.refresh_from_db()
    messages.success(request, shown.said_of(quote) if order == "submit" else _("Saved."))
    return redirect("quotes:page", deal.pk, quote.pk)


@never_cache
@require_POST
def sums(request: HttpRequest, deal_pk: int, pk: int) -> HttpResponse:
    """What the lines on the screen come to; nothing is kept."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, deal_pk)
    editor = drafting.read(shown.quote_of(deal, pk), request.POST.dict() | {"do": "look"}, user=user)
    return render(request, "quotes/_sums.html", {"editor": editor, "deal": deal})


def _save(request: HttpRequest, editor: Editor, *, and_submit: bool) -> None:
    """Keep the draft, and if wanted finish it."""
    by, given = cast(User, request.user), conflict.kept(request, editor.form.cleaned_data)
    values = {name: value for name, value in given.items() if name != "version"}
    saved = actions.change_quote(
        quote=editor.quote, version=given["version"], values=values, lines=editor.drafted(), by=by, at=clock.now()
    )
    # The draft is kept even where it cannot be finished, so the form goes on from what is stored now.
    sent = {name: editor.form.data.get(name) for name in editor.form.data if name != BEFORE}
    editor.form.data = sent | {"version": token(saved, parts=LINES)}
    if and_submit:
        quote_steps.submit(quote=saved, version=saved.version, by=by, at=clock.now(), today=clock.today())


def _say(editor: Editor, error: WrongLine | WrongValue) -> str:
    """Put the words where they belong; returns what stands above the form."""
    if isinstance(error, WrongLine):
        editor.lines[error.line - 1].form.add_error(error.field, str(error))
        return _("Line %(line)s: %(words)s") % {"line": error.line, "words": error}
    if error.field in editor.form.fields:
        editor.form.add_error(error.field, str(error))
    return str(error)


def _page(request: HttpRequest, deal: Deal, editor: Editor, *, status: int = 200, complaint: str = "") -> HttpResponse:
    user = cast(User, request.user)
    ask_again(editor.form)
    context = panels.tab_context(user, deal, current="quotes:list")
    context |= {"quote": editor.quote, "editor": editor, "complaint": complaint}
    return render(request, "quotes/edit.html", context, status=status)
