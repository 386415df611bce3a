"""Addresses of the report."""

from django.urls import path

from regulars.desk.report import views

app_name = "report"
urlpatterns = [
    path("", views.show, name="show"),
    path("download/", views.download, name="download"),
]
