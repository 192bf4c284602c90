"""Commerce as a Django app."""

from django.apps import AppConfig


class CommerceApp(AppConfig):
    """Products, orders, order lines."""

    name = "rapport.commerce"
    label = "commerce"
