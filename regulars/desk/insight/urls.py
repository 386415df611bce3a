"""Addresses of what was found."""

from django.urls import path

from regulars.desk.insight.views import leavers, runs, stages, trust

app_name = "insight"
urlpatterns = [
    path("leaving/", leavers.leavers, name="leavers"),
    path("leaving/count/", leavers.count_leavers, name="count_leavers"),
    path("leaving/export/", leavers.export_leavers, name="export_leavers"),
    path("stages/", stages.stages, name="stages"),
    path("stages/preview/", stages.preview_stages, name="preview_stages"),
    path("trust/", trust.trust, name="trust"),
    path("analyses/", runs.analyses, name="analyses"),
    path("analyses/start/", runs.start_analysis, name="start_analysis"),
]
