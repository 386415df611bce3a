"""Addresses of the desk; each room keeps its own."""

from django.urls import URLPattern, URLResolver, include, path

from regulars.desk import shell

_switches = [path("language", shell.set_language, name="language"), path("theme", shell.set_theme, name="theme")]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("regulars.desk.home.urls")),
    path("insight/report/", include("regulars.desk.report.urls")),
    path("insight/", include("regulars.desk.insight.urls")),
    path("retention/", include("regulars.desk.retention.urls")),
    path("funnel/", include("regulars.desk.funnel.urls")),
    path("economics/", include("regulars.desk.economics.urls")),
    path("desk/", include((_switches, "desk"))),
    path("associations/", include("regulars.desk.associations.urls")),
    path("account/", include("regulars.desk.account.urls")),
    path("customers/", include("regulars.desk.customers.urls")),
    path("segments/", include("regulars.desk.segments.urls")),
    path("", include("regulars.desk.commerce.urls")),
    path("imports/", include("regulars.desk.imports.urls")),
    path("shop/", include("regulars.desk.shop.urls")),
    path("team/", include("regulars.desk.team.urls")),
    path("system/", include("regulars.desk.system.urls")),
]
