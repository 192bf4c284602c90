"""Addresses of deals."""

from django.urls import path

from rapport.web.board import moving
from rapport.web.deals import views

app_name = "deals"
urlpatterns = [
    path("", views.list_deals, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.page, name="page"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/move/", moving.move, name="move"),
    path("<int:pk>/archive/", views.archive, name="archive"),
    path("<int:pk>/timeline/", views.write, name="write"),
]
