"""Lists as a Django app."""

from django.apps import AppConfig


class ListsApp(AppConfig):
    """Columns, filters and kept views of lists."""

    name = "rapport.lists"
    label = "lists"
