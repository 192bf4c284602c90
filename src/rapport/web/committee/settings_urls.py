"""The address of the settings of committees; the settings take it in under their own name."""

from django.urls import path

from rapport.web.committee import settings

urlpatterns = [path("", settings.edit, name="committee")]
