"""How people sign in here, in the settings: the company's own provider, second factors by role, limits."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.identity.models import Role
from rapport.identity.second_factors import Factors, by_role
from rapport.web.accounts import openid, openid_state
from rapport.web.accounts.openid_state import State
from rapport.web.settings.views import administrators_only, settings_page

HERE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Shown:
    """The provider as the page shows it; no secret is among it, only whether there is one."""

    redirect_address: str
    state: State
    newcomers: str
    warnings: list[str]


@administrators_only
@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """The state of OpenID Connect, and who has a second factor."""
    return settings_page(
        request,
        "settings/sign_in.html",
        openid=_shown(request),
        provider={
            "name": settings.OPENID_NAME,
            "issuer": settings.OPENID_ISSUER,
            "client_id": settings.OPENID_CLIENT_ID,
            "has_secret": bool(settings.OPENID_CLIENT_SECRET),
            "domains": ", ".join(sorted(settings.OPENID_DOMAINS)),
        },
        factors=_factors(),
    )


@administrators_only
@require_POST
def look_at_provider(request: HttpRequest) -> HttpResponse:
    """Ask the provider now; what came of it stands on the page."""
    if settings.OPENID_ISSUER:
        openid.look(request)
        looked = openid_state.state().looked
        if looked and not looked.trouble:
            messages.success(request, _("The provider answers."))
    return redirect("settings:sign-in")


def _shown(request: HttpRequest) -> Shown:
    role = Role.objects.filter(code=settings.OPENID_NEW_USERS).first() if settings.OPENID_NEW_USERS else None
    address = request.build_absolute_uri(reverse("openid_callback"))
    nothing = State(None, None, None)
    return Shown(
        redirect_address=address,
        state=openid_state.state() if settings.OPENID_ISSUER else nothing,
        newcomers=str(role or ""),
        warnings=_warnings(address, role),
    )


def _warnings(address: str, role: Role | None) -> list[str]:
    """What in the settings of the provider cannot work, or not safely."""
    found: list[str] = []
    if not settings.OPENID_ISSUER:
        return found
    for name in ("OPENID_CLIENT_ID", "OPENID_CLIENT_SECRET"):
        if not getattr(settings, name):
            found.append(_("%(setting)s is not set.") % {"setting": f"RAPPORT_{name}"})
    if settings.OPENID_NEW_USERS and role is None:
        found.append(
            _("RAPPORT_OPENID_NEW_USERS names “%(code)s”, which is no role; nobody new comes in.")
            % {"code": settings.OPENID_NEW_USERS}
        )
    if not _is_safe(settings.OPENID_ISSUER):
        found.append(_("The issuer is not reached by HTTPS, so anybody on the way could pretend to be it."))
    if not _is_safe(address):
        found.append(
            _("You came here without HTTPS, so the redirect address begins with http://; most providers refuse it. "
              "Open this page by HTTPS, or set RAPPORT_PROXIES if a proxy stands before Rapport.")
        )  # fmt: skip
    return found


def _is_safe(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" or parts.hostname in HERE


def _factors() -> list[tuple[Role, Factors]]:
    """Each role with how many of its users have a second factor; two queries."""
    found = by_role()
    return [(role, found.get(role.code, Factors())) for role in Role.objects.order_by("position", "code")]
