"""Every address of the web pages: each folder of `web/` brings its own."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("", include("rapport.web.urls")),
]
