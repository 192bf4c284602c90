"""Addresses of a deal's buying committee."""

from django.urls import path

from rapport.web.committee import views

app_name = "committee"
urlpatterns = [
    path("", views.page, name="page"),
    path("join/", views.join, name="join"),
    path("hold/", views.hold, name="hold"),
    path("evidence/", views.evidence, name="evidence"),
    path("leave/", views.leave, name="leave"),
    path("suggestion/", views.suggestion, name="suggestion"),
    path("lines/", views.draw_line, name="draw-line"),
    path("lines/<int:line>/remove/", views.remove_line, name="remove-line"),
    path("map.<slug:form>", views.map_file, name="map"),
]
