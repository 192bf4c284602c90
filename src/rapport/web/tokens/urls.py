"""Addresses of one's own tokens."""

from django.urls import path

from rapport.web.tokens import views

app_name = "tokens"
urlpatterns = [
    path("", views.own, name="own"),
    path("new/", views.new, name="new"),
    path("<int:pk>/revoke/", views.revoke, name="revoke"),
]
