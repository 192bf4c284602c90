"""Addresses of own fields in the settings, under the settings' own names."""

from django.urls import path

from rapport.web.custom import settings

urlpatterns = [
    path("", settings.fields, name="own-fields"),
    path("<slug:kind>/", settings.fields, name="fields"),
    path("<slug:kind>/new/", settings.new_field, name="new-field"),
    path("<slug:kind>/<int:pk>/", settings.field, name="field"),
    path("<slug:kind>/<int:pk>/type/", settings.field_type, name="field-type"),
    path("<slug:kind>/<int:pk>/delete/", settings.delete_field, name="delete-field"),
    path("<slug:kind>/<int:pk>/<slug:step>/", settings.field_step, name="field-step"),
]
