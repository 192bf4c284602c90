"""Addresses of people."""

from django.urls import path

from rapport.web.merging import views as merging
from rapport.web.people import details, views

app_name = "people"
urlpatterns = [
    path("", views.list_people, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.page, name="page"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/archive/", views.archive, name="archive"),
    path("<int:pk>/timeline/", views.write, name="write"),
    path("<int:pk>/merge/", merging.people, name="merge"),
    path("<int:pk>/contact-points/", details.add_contact_point, name="add_contact_point"),
    path("contact-points/<int:pk>/main/", details.make_main, name="make_main"),
    path("contact-points/<int:pk>/remove/", details.remove_contact_point, name="remove_contact_point"),
    path("<int:pk>/posts/", details.add_post, name="add_post"),
    path("posts/<int:pk>/end/", details.end_post, name="end_post"),
    path("posts/<int:pk>/remove/", details.remove_post, name="remove_post"),
]
