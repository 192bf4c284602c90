"""Addresses of people."""

from django.urls import path

from rapport.web.merging import twins, typed, undoing
from rapport.web.merging import views as merging
from rapport.web.people import details, views
from rapport.web.privacy import person as privacy

app_name = "people"
urlpatterns = [
    path("", views.list_people, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.page, name="page"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/archive/", views.archive, name="archive"),
    path("<int:pk>/timeline/", views.write, name="write"),
    path("<int:pk>/privacy/", privacy.page, name="privacy"),
    path("<int:pk>/privacy/archive/", privacy.make_archive, name="make_archive"),
    path("<int:pk>/privacy/<int:number>/file/", privacy.archive_file, name="archive_file"),
    path("<int:pk>/privacy/erase/", privacy.erase, name="erase"),
    path("alike/", typed.people, name="alike"),
    path("twins/", twins.people, name="twins"),
    path("twins/aside/", twins.people_aside, name="twins_aside"),
    path("twins/search/", twins.people_search, name="twins_search"),
    path("<int:pk>/merge/", merging.people, name="merge"),
    path("<int:pk>/merge/<int:merge>/undo/", undoing.people, name="unmerge"),
    path("<int:pk>/contact-points/", details.add_contact_point, name="add_contact_point"),
    path("contact-points/<int:pk>/main/", details.make_main, name="make_main"),
    path("contact-points/<int:pk>/remove/", details.remove_contact_point, name="remove_contact_point"),
    path("<int:pk>/posts/", details.add_post, name="add_post"),
    path("posts/<int:pk>/end/", details.end_post, name="end_post"),
    path("posts/<int:pk>/remove/", details.remove_post, name="remove_post"),
]
