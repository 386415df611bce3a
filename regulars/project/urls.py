from django.urls import URLPattern, URLResolver, include, path

from regulars.project.health import healthz, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("", include("regulars.desk.urls")),
]
