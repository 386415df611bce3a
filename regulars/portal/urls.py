"""Addresses for people outside; each room keeps its own."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("t/", include("regulars.portal.tracking.urls")),
]
