"""Addresses of what was found."""

from django.urls import path

from regulars.desk.insight import views

app_name = "insight"
urlpatterns = [
    path("leaving/", views.leavers, name="leavers"),
    path("leaving/export/", views.export_leavers, name="export_leavers"),
    path("stages/", views.stages, name="stages"),
    path("stages/preview/", views.preview_stages, name="preview_stages"),
    path("cohorts/", views.cohorts, name="cohorts"),
    path("analyses/", views.analyses, name="analyses"),
    path("analyses/start/", views.start_analysis, name="start_analysis"),
]
