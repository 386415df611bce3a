"""Addresses of the funnel and of the sites that are counted."""

from django.urls import path

from regulars.desk.funnel.views import figures, sites

app_name = "funnel"
urlpatterns = [
    path("", figures.before, name="before"),
    path("after/", figures.after, name="after"),
    path("paths/", figures.paths, name="paths"),
    path("export/", figures.export, name="export"),
    path("sites/", sites.site_list, name="sites"),
    path("sites/new/", sites.add, name="add_site"),
    path("sites/<uuid:site_id>/", sites.edit, name="site"),
]
