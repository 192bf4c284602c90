"""The address of the history of everything, among the settings."""

from django.urls import path

from rapport.web.history import views

urlpatterns = [path("", views.everything, name="history")]
