"""Users, teams and roles as a Django app."""

from django.apps import AppConfig


class IdentityApp(AppConfig):
    """Users, teams, roles, and the company's own profile."""

    name = "rapport.identity"
    label = "identity"
