"""Addresses of all tokens, in the settings."""

from django.urls import path

from rapport.web.tokens import views

urlpatterns = [
    path("", views.all_tokens, name="tokens"),
    path("<int:pk>/revoke/", views.revoke_any, name="revoke-token"),
]
