"""Webhooks as a Django app."""

from django.apps import AppConfig


class WebhooksApp(AppConfig):
    """Endpoints of other programs and what was delivered to them."""

    name = "rapport.webhooks"
    label = "webhooks"
