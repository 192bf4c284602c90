"""Rapport's settings as tests want them; pytest reads them before any conftest.py."""

import os
from pathlib import Path

os.environ.setdefault("RAPPORT_HOME", str(Path(__file__).resolve().parent.parent / ".cache" / "test-home"))
os.environ["RAPPORT_LANGUAGE"] = "en"
os.environ["RAPPORT_POSTGRES_UNSAFE"] = "1"
# Processes that a test starts run as they do in production.
os.environ["DJANGO_SETTINGS_MODULE"] = "rapport.config.settings"

from rapport.config import settings

globals().update({name: getattr(settings, name) for name in dir(settings) if name.isupper()})

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
