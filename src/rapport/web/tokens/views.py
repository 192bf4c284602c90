"""Pages of tokens."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rapport.core import clock
from rapport.identity.models import ApiToken, User
from rapport.identity.tokens import NewToken, make_token, revoke_token, tokens
from rapport.web.settings.views import acted, administrators_only, done, settings_page
from rapport.web.tokens.forms import NewTokenForm

SHOWN_AT_MOST = 200


@dataclass(frozen=True)
class TokenLine:
    """A token and whether it still opens anything."""

    token: ApiToken
    is_live: bool

    @property
    def ended_at(self) -> datetime:
        """When it was revoked, or ended by itself."""
        return self.token.revoked_at or self.token.expires_at


def _lines(rows: list[ApiToken]) -> list[TokenLine]:
    """The live ones first."""
    at = clock.now()
    found = [TokenLine(each, each.is_live(at=at) and each.user.is_active) for each in rows]
    return sorted(found, key=lambda line: not line.is_live)


@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """One's own tokens."""
    lines = _lines(list(tokens().filter(user=cast(User, request.user))[:SHOWN_AT_MOST]))
    return render(request, "tokens/own.html", {"lines": lines})


@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a token; the answer shows it, this once."""
    form = NewTokenForm(request.POST or None)
    made: list[NewToken] = []

    def make() -> None:
        made.append(make_token(user=cast(User, request.user), at=clock.now(), **form.values()))

    if request.method == "POST" and done(form, make):
        return render(request, "tokens/made.html", {"made": made[0], "address": request.build_absolute_uri("/api/v1")})
    return render(request, "tokens/new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own tokens."""
    revoke_token(token=get_object_or_404(ApiToken, pk=pk, user=cast(User, request.user)), **acted(request))
    messages.success(request, _("The token opens nothing any more."))
    return redirect("tokens:own")


@administrators_only
@require_GET
def all_tokens(request: HttpRequest) -> HttpResponse:
    """Everybody's tokens."""
    return settings_page(request, "tokens/all.html", lines=_lines(list(tokens()[:SHOWN_AT_MOST])))


@administrators_only
@require_POST
def revoke_any(request: HttpRequest, pk: int) -> HttpResponse:
    """End a colleague's token."""
    revoke_token(token=get_object_or_404(ApiToken, pk=pk), **acted(request))
    messages.success(request, _("The token opens nothing any more."))
    return redirect("settings:tokens")
