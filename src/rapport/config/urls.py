"""Every address of the web pages: each folder of `web/` brings its own."""

from django.urls import include, path

from rapport.web import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("rapport.web.urls")),
]
