"""Addresses of the settings."""

from django.urls import include, path

from rapport.web.privacy import register as privacy
from rapport.web.settings import entry, quotes, roles, sign_in, views

app_name = "settings"
urlpatterns = [
    path("", views.organisation, name="organisation"),
    path("users/", views.users, name="users"),
    path("users/new/", views.new_user, name="new-user"),
    path("users/<int:pk>/", views.edit_user, name="user"),
    path("users/<int:pk>/entry-link/", views.entry_link, name="entry-link"),
    path("users/<int:pk>/end-sessions/", entry.end_colleague, name="end-sessions"),
    path("users/<int:pk>/second-factor/remove/", entry.remove_second_factors, name="remove-second-factors"),
    path("roles/", roles.roles, name="roles"),
    path("roles/new/", roles.new_role, name="new-role"),
    path("roles/<int:pk>/", roles.role, name="role"),
    path("roles/<int:pk>/remove/", roles.remove_role, name="remove-role"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/look/", sign_in.look_at_provider, name="look-at-provider"),
    path("teams/", views.teams, name="teams"),
    path("teams/new/", views.new_team, name="new-team"),
    path("teams/<int:pk>/", views.edit_team, name="team"),
    path("quotes/", quotes.quotes, name="quotes"),
    path("quotes/tax-rates/first/", quotes.first_tax_rates, name="first-tax-rates"),
    path("quotes/tax-rates/new/", quotes.new_tax_rate, name="new-tax-rate"),
    path("quotes/tax-rates/<int:pk>/", quotes.edit_tax_rate, name="tax-rate"),
    path("quotes/tax-rates/<int:pk>/remove/", quotes.remove_tax_rate, name="remove-tax-rate"),
    path("quotes/approvals/new/", quotes.new_approval_rule, name="new-approval-rule"),
    path("quotes/approvals/<int:pk>/", quotes.edit_approval_rule, name="approval-rule"),
    path("quotes/approvals/<int:pk>/remove/", quotes.remove_approval_rule, name="remove-approval-rule"),
    path("advice/", views.advice, name="advice"),
    path("committee/", include("rapport.web.committee.settings_urls")),
    path("", include("rapport.web.process.settings_urls")),
    path("tokens/", include("rapport.web.tokens.settings_urls")),
    path("webhooks/", include("rapport.web.webhooks.settings_urls")),
    path("history/", include("rapport.web.history.settings_urls")),
    path("fields/", include("rapport.web.custom.settings_urls")),
    path("privacy/", privacy.register, name="privacy"),
    path("privacy/new/", privacy.new, name="new-privacy-request"),
    path("privacy/terms/", privacy.terms, name="privacy-terms"),
    path("privacy/<int:pk>/", privacy.one, name="privacy-request"),
    path("health/", views.health, name="health"),
    path("rates/", views.rates, name="rates"),
    path("rates/<int:pk>/remove/", views.remove_rate, name="remove-rate"),
]
