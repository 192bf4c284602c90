"""Every address of the web pages: each folder of `web/` brings its own."""

from django.urls import include, path

from rapport.api import app as api
from rapport.api import docs
from rapport.web import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("api/docs/", docs.page, name="api-docs"),
    path("api/v1/openapi.json", api.openapi_json, name="openapi"),
    path("api/v1/", api.api.urls),
    path("api/v1/<path:rest>", api.nothing_here),
    path("", include("rapport.web.urls")),
]
handler404 = "rapport.web.errors.not_found"
# Where allauth leads whoever tries too often.
handler429 = "rapport.web.accounts.second_factor.too_many"
