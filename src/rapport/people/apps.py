"""People and companies as a Django app."""

from django.apps import AppConfig


class PeopleApp(AppConfig):
    """Person, Company, Affiliation, CompanyLink, ContactPoint."""

    name = "rapport.people"
    label = "people"
