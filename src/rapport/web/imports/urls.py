"""Addresses of the import pages."""

from django.urls import path

from rapport.web.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.list_page, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.page, name="page"),
    path("<int:pk>/mapping/", views.mapping, name="mapping"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/check/", views.check, name="check"),
    path("<int:pk>/load/", views.load, name="load"),
    path("<int:pk>/undo/", views.undo, name="undo"),
    path("<int:pk>/discard/", views.discard, name="discard"),
    path("<int:pk>/rejected/", views.rejected, name="rejected"),
    path("<int:pk>/save-mapping/", views.save_mapping, name="save-mapping"),
    path("mappings/<int:pk>/delete/", views.delete_mapping, name="delete-mapping"),
]
