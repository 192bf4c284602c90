"""The core as a Django app: it owns the audit log and the outbox."""

from django.apps import AppConfig


class CoreApp(AppConfig):
    """Audit log and outbox."""

    name = "rapport.core"
    label = "core"
