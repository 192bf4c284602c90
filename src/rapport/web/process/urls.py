"""Addresses of a deal's history and documents, below the deal's own."""

from django.urls import path

from rapport.web.process import views

app_name = "process"
urlpatterns = [
    path("history/", views.history, name="history"),
    path("documents/", views.documents, name="documents"),
    path("documents/<int:document>/", views.download, name="document"),
    path("documents/<int:document>/preview/", views.preview, name="document-preview"),
    path("documents/<int:document>/remove/", views.remove, name="remove-document"),
    path("documents/<int:document>/restore/", views.restore, name="restore-document"),
]
