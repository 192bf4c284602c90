"""Addresses of segments."""

from django.urls import path

from rapport.web.segments import building, views

app_name = "segments"
urlpatterns = [
    path("", views.list_segments, name="list"),
    path("new/", building.new, name="new"),
    path("build/", building.build, name="build"),
    path("count/", building.count, name="count"),
    path("<int:pk>/", views.page, name="page"),
    path("<int:pk>/edit/", building.edit, name="edit"),
    path("<int:pk>/archive/", views.archive, name="archive"),
    path("<int:pk>/restore/", views.restore, name="restore"),
    path("<int:pk>/refresh/", views.refresh, name="refresh"),
    path("<int:pk>/members.csv", views.members_csv, name="members-csv"),
    path("<int:pk>/changes.csv", views.changes_csv, name="changes-csv"),
]
