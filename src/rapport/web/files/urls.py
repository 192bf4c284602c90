"""Addresses of the files of records, one set for each kind of record."""

from django.urls import path

from rapport.commerce.keepers import KEEPERS
from rapport.web.files import views

app_name = "files"
urlpatterns = [
    pattern
    for kind in KEEPERS
    for pattern in (
        path(f"{kind}/<int:pk>/", views.page, {"kind": kind}, name=f"{kind}-page"),
        path(f"{kind}/<int:pk>/<int:file>/", views.download, {"kind": kind}, name=f"{kind}-file"),
        path(f"{kind}/<int:pk>/<int:file>/preview/", views.preview, {"kind": kind}, name=f"{kind}-preview"),
        path(f"{kind}/<int:pk>/<int:file>/put/", views.put, {"kind": kind}, name=f"{kind}-put"),
    )
]
