"""Addresses of the settings of the process; the settings take them in under their own name."""

from django.urls import path

from rapport.web.process import settings

urlpatterns = [
    path("pipelines/", settings.pipelines, name="pipelines"),
    path("pipelines/new/", settings.new_pipeline, name="new-pipeline"),
    path("pipelines/<int:pk>/", settings.pipeline, name="pipeline"),
    path("pipelines/<int:pk>/stages/", settings.add_stage, name="add-stage"),
    path("pipelines/<int:pk>/shift/", settings.shift_pipeline, name="shift-pipeline"),
    path("pipelines/<int:pk>/remove/", settings.remove_pipeline, name="remove-pipeline"),
    path("pipelines/<int:pk>/restore/", settings.restore_pipeline, name="restore-pipeline"),
    path("stages/<int:pk>/", settings.stage, name="stage"),
    path("stages/<int:pk>/shift/", settings.shift_stage, name="shift-stage"),
    path("stages/<int:pk>/empty/", settings.empty_stage, name="empty-stage"),
    path("stages/<int:pk>/remove/", settings.remove_stage, name="remove-stage"),
    path("stages/<int:pk>/restore/", settings.restore_stage, name="restore-stage"),
    path("stages/<int:pk>/requirements/", settings.add_requirement, name="add-requirement"),
    path("requirements/<int:pk>/", settings.change_requirement, name="change-requirement"),
    path("requirements/<int:pk>/remove/", settings.remove_requirement, name="remove-requirement"),
    path("loss-reasons/", settings.loss_reasons, name="loss-reasons"),
    path("loss-reasons/suggested/", settings.suggest_reasons, name="suggest-reasons"),
    path("loss-reasons/<int:pk>/", settings.loss_reason, name="loss-reason"),
    path("loss-reasons/<int:pk>/change/", settings.change_reason, name="change-reason"),
]
