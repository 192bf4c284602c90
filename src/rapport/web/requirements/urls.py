"""Addresses of the requirements of a deal."""

from django.urls import path

from rapport.web.requirements import exports, views

app_name = "requirements"
urlpatterns = [
    path("", views.page, name="page"),
    path("new/", views.new, name="new"),
    path("register.xlsx", exports.register_xlsx, name="xlsx"),
    path("register.pdf", exports.register_pdf, name="pdf"),
    path("<int:requirement>/", views.one, name="one"),
    path("<int:requirement>/edit/", views.edit, name="edit"),
    path("<int:requirement>/accept/", views.accept, name="accept"),
    path("<int:requirement>/drop/", views.drop, name="drop"),
    path("<int:requirement>/take-up/", views.take_up, name="take-up"),
]
