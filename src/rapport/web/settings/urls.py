"""Addresses of the settings."""

from django.urls import path

from rapport.web.settings import views

app_name = "settings"
urlpatterns = [
    path("", views.organisation, name="organisation"),
    path("users/", views.users, name="users"),
    path("users/new/", views.new_user, name="new-user"),
    path("users/<int:pk>/", views.edit_user, name="user"),
    path("users/<int:pk>/entry-link/", views.entry_link, name="entry-link"),
    path("teams/", views.teams, name="teams"),
    path("teams/new/", views.new_team, name="new-team"),
    path("teams/<int:pk>/", views.edit_team, name="team"),
    path("rates/", views.rates, name="rates"),
    path("rates/<int:pk>/remove/", views.remove_rate, name="remove-rate"),
]
