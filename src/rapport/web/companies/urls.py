"""Addresses of companies."""

from django.urls import path

from rapport.web.companies import details, views

app_name = "companies"
urlpatterns = [
    path("", views.list_companies, name="list"),
    path("new/", views.new, name="new"),
    path("named/", details.named, name="named"),
    path("<int:pk>/", views.page, name="page"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/archive/", views.archive, name="archive"),
    path("<int:pk>/timeline/", views.write, name="write"),
    path("<int:pk>/links/", details.add_link, name="add_link"),
    path("links/<int:pk>/remove/", details.remove_link, name="remove_link"),
]
