"""Sets Django up when it is imported: once, before any module that imports models."""

import os

import django
from django.conf import settings
from django.utils import translation

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.config.settings")
django.setup()


def language() -> str:
    """The language of the terminal: `RAPPORT_LANGUAGE`, else that of the locale, else English."""
    wanted = os.environ.get("RAPPORT_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG", "")
    code = wanted[:2].lower()
    return code if code in dict(settings.LANGUAGES) else "en"


translation.activate(language())
