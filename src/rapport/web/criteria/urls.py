"""Addresses of the criteria and the tender of a deal."""

from django.urls import path

from rapport.web.criteria import exports, one, tender, views

app_name = "criteria"
urlpatterns = [
    path("", views.page, name="page"),
    path("new/", views.add, name="add"),
    path("start/", views.start, name="start"),
    path("copy/", views.copy, name="copy"),
    path("scores/", views.scores, name="scores"),
    path("rivals/", views.add_rival, name="add-rival"),
    path("rivals/<int:rival>/remove/", views.remove_rival, name="remove-rival"),
    path("matrix.xlsx", exports.matrix_xlsx, name="matrix-xlsx"),
    path("<int:criterion>/", one.page, name="one"),
    path("<int:criterion>/scores/", one.score, name="score"),
    path("<int:criterion>/place/", one.place, name="place"),
    path("<int:criterion>/remove/", one.remove, name="remove"),
    path("tender/", tender.page, name="tender"),
    path("tender/dates/", tender.dates, name="tender-dates"),
    path("tender/documents/", tender.add_document, name="add-document"),
    path("tender/documents/<int:document>/", tender.document, name="document"),
    path("tender/documents/<int:document>/state/", tender.state, name="document-state"),
    path("tender/documents/<int:document>/remove/", tender.remove_document, name="remove-document"),
    path("tender/pack.xlsx", exports.pack_xlsx, name="pack-xlsx"),
    path("tender/pack.pdf", exports.pack_pdf, name="pack-pdf"),
]
