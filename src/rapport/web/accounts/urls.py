"""Addresses of sign-in and of what a user sets for themselves; of allauth's pages only those we use."""

from allauth.account import views as allauth_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.recovery_codes import views as code_views
from allauth.mfa.webauthn import views as webauthn_views
from django.urls import path, re_path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from rapport.web.accounts import openid, second_factor, security, views

sign_in = [
    path("login/", views.sign_in, name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("signup/", RedirectView.as_view(pattern_name="account_login"), name="account_signup"),
    path("reauthenticate/", second_factor.confirming(allauth_views.reauthenticate), name="account_reauthenticate"),
    path("password/change/", never_cache(allauth_views.password_change), name="account_change_password"),
    path("password/set/", never_cache(allauth_views.password_set), name="account_set_password"),
    path("password/reset/", allauth_views.password_reset, name="account_reset_password"),
    path("password/reset/done/", allauth_views.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        never_cache(allauth_views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
]
second = [
    path("2fa/", second_factor.choose, name="mfa_index"),
    path("2fa/authenticate/", mfa_views.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", second_factor.confirming(mfa_views.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/app/", second_factor.app, name="mfa_activate_totp"),
    path("2fa/app/remove/", second_factor.without_app, name="mfa_deactivate_totp"),
    path("2fa/codes/", never_cache(code_views.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("2fa/codes/new/", never_cache(code_views.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("2fa/codes/download/", code_views.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("2fa/passkeys/", second_factor.choose, name="mfa_list_webauthn"),
    path("2fa/passkeys/add/", second_factor.passkey, name="mfa_add_webauthn"),
    path("2fa/passkeys/sign-in/", second_factor.sign_in_by_passkey, name="mfa_login_webauthn"),
    path(
        "2fa/passkeys/reauthenticate/",
        second_factor.confirming(webauthn_views.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("2fa/passkeys/<int:pk>/remove/", second_factor.without_passkey, name="mfa_remove_webauthn"),
    path("2fa/passkeys/<int:pk>/", never_cache(webauthn_views.edit_webauthn), name="mfa_edit_webauthn"),
]
provider = [
    path("openid/", openid.start, name="openid_start"),
    path("openid/callback/", openid.callback, name="openid_callback"),
]
urlpatterns = [*sign_in, *second, *provider]

enter = ([path("<str:token>/", views.enter, name="link")], "enter")
look = (
    [path("language/", views.language, name="language"), path("theme/", views.theme, name="theme")],
    "look",
)
me = (
    [
        path("", views.me, name="page"),
        path("sessions/end-others/", security.end_others, name="end-others"),
        path("sessions/<str:name>/end/", security.end_one, name="end-session"),
    ],
    "me",
)
