"""Signing in through the company's own OpenID Connect provider: allauth's flow, made strict.

Beyond what allauth does (code flow with PKCE, one-time state): a nonce, the signature of the ID token always, the
issuer of the discovery document, an e-mail that is really verified, and no account taken over by one that is not.
"""

import hashlib
import logging
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

import jwt
from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from requests import RequestException

from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.identity import actions
from rapport.identity.models import Role, User
from rapport.web.accounts import openid_state
from rapport.web.accounts.openid_state import ProviderTrouble, Trouble

logger = logging.getLogger(__name__)
View = Callable[[HttpRequest], HttpResponse]
APP = "openid"
# What the provider has to say of itself, the issuer first.
PLACES = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
KEPT = ("iss", "sub", "email", "email_verified", "name")
# Never a shared secret: with one, whoever knows the public key could sign.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
CLOCKS_DIFFER_SECONDS = 60


class Provider(OpenIDConnectProvider):  # type: ignore[misc]
    """The one provider of the settings."""

    pkce_enabled_default = True

    def get_callback_url(self) -> str:
        """Where the provider sends people back to."""
        return reverse("openid_callback")

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Who it is: a subject is unique only within its issuer."""
        claims = data["id_token"]
        return hashlib.sha256(f"{claims['iss']}\n{claims['sub']}".encode()).hexdigest()

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """What is kept of the claims: no more than who it is."""
        claims = data["id_token"] | data.get("userinfo", {})
        return {name: claims[name] for name in KEPT if name in claims}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """None: allauth would take the word "false" for a verified one. See `verified_email`."""
        return []

    def get_oauth2_adapter(self, request: HttpRequest) -> "Strict":
        """The strict one."""
        return Strict(request)


class Strict(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Talks with the provider and believes only what is signed for this very sign-in."""

    nonce: str | None = None

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, APP)

    def get_provider(self) -> Provider:
        """Our own. Raises SocialApp.DoesNotExist where the settings name none."""
        found = super().get_provider()
        return Provider(self.request, app=found.app)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """The full address, as it stands at the provider."""
        return str(request.build_absolute_uri(reverse("openid_callback")))

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself; it must be the issuer that the settings name."""
        try:
            config: dict[str, Any] = super().openid_config
            issuer, *_places = (_text(config[name]) for name in PLACES)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            # An answer that is no JSON is a RequestException, too.
            raise ProviderTrouble(Trouble.NO_DISCOVERY, "the provider does not say where it is") from error
        except RequestException as error:
            raise ProviderTrouble(Trouble.UNREACHED, "the provider cannot be reached") from error
        if issuer.rstrip("/") != settings.OPENID_ISSUER.rstrip("/"):
            raise ProviderTrouble(Trouble.OTHER_ISSUER, "the provider is another issuer")
        return config

    def get_access_token_data(self, *given: Any, **named: Any) -> dict[str, Any]:
        """What the provider gives for the code; whatever is odd about it is told as one."""
        try:
            data: dict[str, Any] = super().get_access_token_data(*given, **named)
            self.parse_token(data)
        except RequestException:
            raise
        except (KeyError, ValueError, TypeError, AttributeError, OverflowError) as error:
            raise ProviderTrouble(Trouble.CODE_REFUSED, "the provider's answer to the code is odd") from error
        return data

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **named: Any) -> SocialLogin:
        """Who signed in there."""
        response = named["response"]
        try:
            claims = self._claims(app, response["id_token"])
            data = {"id_token": claims}
            if "email_verified" not in claims and "userinfo_endpoint" in self.openid_config:
                told = self._fetch_user_info(token.token)
                if told["sub"] != claims["sub"]:
                    raise ProviderTrouble(Trouble.BAD_TOKEN, "the provider tells of somebody else")
                data["userinfo"] = told
            return self.get_provider().sociallogin_from_response(request, data)
        except (jwt.PyJWTError, KeyError, ValueError, TypeError, AttributeError) as error:
            raise ProviderTrouble(Trouble.BAD_TOKEN, f"the ID token is no good ({type(error).__name__})") from error

    def _claims(self, app: SocialApp, signed: str) -> dict[str, Any]:
        """What the token says, when it is signed by the issuer, for us, for now and for this sign-in."""
        wanted = jwt.get_unverified_header(signed).get("kid")
        key = next((key for key in self.keys() if wanted is None or key.key_id == wanted), None)
        if key is None:
            raise ProviderTrouble(Trouble.NO_KEYS, "no key")
        claims: dict[str, Any] = jwt.decode(
            signed,
            key.key,
            algorithms=ALGORITHMS,
            audience=app.client_id,
            issuer=self.openid_config["issuer"],
            leeway=CLOCKS_DIFFER_SECONDS,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
        if claims.get("azp", app.client_id) != app.client_id:
            raise ProviderTrouble(Trouble.BAD_TOKEN, "the token is for another program")
        if not self.nonce or not secrets.compare_digest(str(claims.get("nonce", "")), self.nonce):
            raise ProviderTrouble(Trouble.OTHER_SIGN_IN, "the token is of another sign-in")
        return claims

    def keys(self) -> list[jwt.PyJWK]:
        """The keys with which the provider signs. Raises OAuth2Error."""
        try:
            with self._session() as session:
                answer = session.get(self.openid_config["jwks_uri"])
                answer.raise_for_status()
            return list(jwt.PyJWKSet.from_dict(answer.json()).keys)
        except (RequestException, jwt.PyJWTError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ProviderTrouble(Trouble.NO_KEYS, "the provider's keys cannot be read") from error

    def _session(self) -> Any:
        """For asking the provider."""
        return OpenIdAdapter().get_requests_session()


class Callback(OAuth2CallbackView):  # type: ignore[misc]
    """Coming back from the provider."""

    def _get_state(self, request: HttpRequest, provider: Provider) -> Any:
        """The state of this sign-in, used up by asking; its nonce is what the token must hold."""
        state, answer = super()._get_state(request, provider)
        self.adapter.nonce = state.get("nonce") if state else None
        return state, answer


class OpenIdAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Who comes in: those known, those with the e-mail of a colleague, and new ones where the settings let them."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the user, or refuse, in the same words whatever the reason."""
        if not sociallogin.is_existing:
            claims = sociallogin.account.extra_data
            user = user_for(claims)
            if user is None:
                openid_state.note_failed(trouble=why_nobody(claims), at=clock.now())
                raise ImmediateHttpResponse(refused(request))
            sociallogin.connect(request, user)
        openid_state.note_worked(at=clock.now())

    def on_authentication_error(self, request: HttpRequest, provider: Any, **named: Any) -> None:
        """Note why, for the administrator; nothing of who it was."""
        logger.warning("OpenID Connect: %s", named.get("exception") or named.get("error"))
        has_state = "state" in (named.get("extra_context") or {})
        trouble = openid_state.trouble_of(
            exception=named.get("exception"), error=str(named.get("error") or ""), has_state=has_state
        )
        openid_state.note_failed(trouble=trouble, at=clock.now())
        raise ImmediateHttpResponse(failed(request))

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """The one of the settings, if any."""
        return [app_of_settings()] if settings.OPENID_ISSUER else []


def app_of_settings() -> SocialApp:
    """The provider that the settings name."""
    return SocialApp(
        provider="openid_connect",
        provider_id=APP,
        name=settings.OPENID_NAME,
        client_id=settings.OPENID_CLIENT_ID,
        secret=settings.OPENID_CLIENT_SECRET,
        settings={"server_url": settings.OPENID_ISSUER.rstrip("/")},
    )


def verified_email(claims: dict[str, Any]) -> str | None:
    """The e-mail that the provider has verified and the settings let in; only the value true says verified."""
    email = _vouched_for(claims)
    domain = email.partition("@")[2]
    return email if email and (not settings.OPENID_DOMAINS or domain in settings.OPENID_DOMAINS) else None


def why_nobody(claims: dict[str, Any]) -> Trouble:
    """Why nobody comes in with these claims, for the administrator; who tried is told the same for each."""
    if not _vouched_for(claims):
        return Trouble.UNVERIFIED
    return Trouble.NOBODY if verified_email(claims) else Trouble.OTHER_DOMAIN


def _vouched_for(claims: dict[str, Any]) -> str:
    """The e-mail of which the provider says that it is theirs, of whatever domain; else nothing."""
    email = str(claims.get("email") or "").strip().lower()
    is_verified = claims.get("email_verified", settings.OPENID_EMAILS_VERIFIED) is True
    return email if is_verified and email.count("@") == 1 else ""


def user_for(claims: dict[str, Any]) -> User | None:
    """The colleague with the verified e-mail; a new one where the settings give newcomers a role; or nobody."""
    email = verified_email(claims)
    if email is None:
        return None
    found = User.objects.filter(email__iexact=email).first()
    if found or not Role.objects.filter(code=settings.OPENID_NEW_USERS).exists():
        return found
    name = " ".join(str(claims.get("name") or email.partition("@")[0]).split())[:200]
    try:
        with transaction.atomic():
            role = settings.OPENID_NEW_USERS
            return actions.add_user(email=email, full_name=name, role=role, by=None, at=clock.now())
    except RapportError:
        return User.objects.filter(email__iexact=email).first()


def _text(given: Any) -> str:
    """The text itself. Raises TypeError for anything else."""
    if not isinstance(given, str):
        raise TypeError
    return given


def failed(request: HttpRequest) -> HttpResponse:
    """It did not work."""
    return render(request, "accounts/openid_failed.html", {"name": settings.OPENID_NAME}, status=401)


def refused(request: HttpRequest) -> HttpResponse:
    """Whoever it is may not come in this way."""
    return render(request, "accounts/openid_refused.html", {"name": settings.OPENID_NAME}, status=403)


def _told(view: View) -> View:
    """Limited, never kept, and told in words when it fails; without a provider there is no such page."""

    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        if not settings.OPENID_ISSUER:
            return redirect("account_login")
        limited: HttpResponse | None = ratelimit.consume_or_429(request, action="openid", limit_get=True)
        if limited:
            return limited
        try:
            return view(request)
        except (OAuth2Error, RequestException) as error:
            logger.warning("OpenID Connect: %s", error if isinstance(error, OAuth2Error) else type(error).__name__)
            openid_state.note_failed(trouble=openid_state.trouble_of(exception=error), at=clock.now())
            return failed(request)

    return wrapped


@never_cache
@_told
def start(request: HttpRequest) -> HttpResponse:
    """Go to the provider. Another site cannot send somebody on this way unasked."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return redirect("account_login")
    nonce = secrets.token_urlsafe(32)
    to = get_next_redirect_url(request)
    provider = Strict(request).get_provider()
    answer: HttpResponse = provider.redirect(
        request, AuthProcess.LOGIN, next_url=to, auth_params={"nonce": nonce}, nonce=nonce
    )
    return answer


@never_cache
@_told
def callback(request: HttpRequest) -> HttpResponse:
    """Come back from the provider."""
    answer: HttpResponse = Callback.adapter_view(Strict(request))(request)
    return answer


def look(request: HttpRequest) -> None:
    """Ask the provider where it is and for its keys, as a sign-in would, and note what came; nobody signs in."""
    strict, trouble = Strict(request), None
    try:
        if not strict.keys():
            raise ProviderTrouble(Trouble.NO_KEYS, "no key")
    except (OAuth2Error, RequestException) as error:
        trouble = openid_state.trouble_of(exception=error)
    openid_state.note_looked(trouble=trouble, at=clock.now())
