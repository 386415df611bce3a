from django.urls import URLPattern, URLResolver, include, path

from regulars.project.health import healthz, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("", include("regulars.portal.urls")),
    path("", include("regulars.desk.urls")),
]

handler400 = "regulars.desk.errors.bad_request"
handler403 = "regulars.desk.errors.forbidden"
handler404 = "regulars.desk.errors.not_found"
handler500 = "regulars.desk.errors.broken"
