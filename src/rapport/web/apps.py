"""The web pages as a Django app, for their templates and template tags."""

from django.apps import AppConfig


class WebApp(AppConfig):
    """Pages."""

    name = "rapport.web"
    label = "web"
