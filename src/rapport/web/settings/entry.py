"""What an administrator does for a colleague's sign-in: end their sessions, take a lost second factor away."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.core import audit
from rapport.identity import second_factors
from rapport.identity.models import User
from rapport.identity.sessions import end_sessions
from rapport.web.accounts.security import ended_words
from rapport.web.settings.views import acted, administrators_only


@administrators_only
@require_POST
def end_colleague(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign a colleague out everywhere."""
    colleague = _colleague(request, pk)
    count = end_sessions(user_id=colleague.pk)
    audit.record("identity.sessions_ended", target=colleague, **acted(request), data={"count": count})
    messages.success(request, ended_words(count))
    return redirect("settings:user", pk)


@administrators_only
@require_POST
def remove_second_factors(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away a colleague's second factors, for who lost their phone."""
    colleague = _colleague(request, pk)
    second_factors.remove_all(user=colleague, **acted(request))
    messages.success(request, _("The second factor is removed, and every session ended."))
    return redirect("settings:user", pk)


def _colleague(request: HttpRequest, pk: int) -> User:
    """Somebody else: for oneself there is one's own page."""
    return get_object_or_404(User.objects.exclude(pk=cast(User, request.user).pk), pk=pk)
