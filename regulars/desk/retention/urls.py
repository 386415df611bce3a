"""Addresses of who comes back, with which first purchase, who brings the money, and what is to be expected."""

from django.urls import path

from regulars.desk.retention.views import calls, cohorts, firsts, forecast, moves, revenue, weeks

app_name = "retention"
urlpatterns = [
    path("", cohorts.cohorts, name="cohorts"),
    path("export/", cohorts.export_cohorts, name="export_cohorts"),
    path("weeks/", weeks.weeks, name="weeks"),
    path("weeks/export/", weeks.export_weeks, name="export_weeks"),
    path("moves/", moves.moves, name="moves"),
    path("moves/export/", moves.export_moves, name="export_moves"),
    path("first/", firsts.firsts, name="firsts"),
    path("first/export/", firsts.export_firsts, name="export_firsts"),
    path("revenue/", revenue.revenue, name="revenue"),
    path("revenue/export/", revenue.export_revenue, name="export_revenue"),
    path("forecast/", forecast.forecast, name="forecast"),
    path("forecast/export/", forecast.export_forecast, name="export_forecast"),
    path("forecast/calls/", calls.calls, name="calls"),
    path("forecast/calls/export/", calls.export_calls, name="export_calls"),
]
