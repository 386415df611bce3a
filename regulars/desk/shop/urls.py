"""Addresses of the organisation's settings."""

from django.urls import path

from regulars.desk.shop.views import calendars, causes, goals, rates, settings, shifts, stores

app_name = "shop"
urlpatterns = [
    path("", settings.edit, name="settings"),
    path("stores/", stores.show, name="stores"),
    path("stores/new/", stores.add, name="store_add"),
    path("stores/<uuid:store_id>/", stores.edit, name="store"),
    path("stores/<uuid:store_id>/close/", stores.close, name="store_close"),
    path("stores/<uuid:store_id>/reopen/", stores.reopen, name="store_reopen"),
    path("calendars/", calendars.show, name="calendars"),
    path("calendars/new/", calendars.add, name="calendar_add"),
    path("calendars/<uuid:calendar_id>/", calendars.edit, name="calendar"),
    path("calendars/<uuid:calendar_id>/week/", calendars.set_week, name="calendar_week"),
    path("calendars/<uuid:calendar_id>/exceptions/", calendars.set_exception, name="calendar_exception"),
    path(
        "calendars/<uuid:calendar_id>/exceptions/<str:on_date>/remove/",
        calendars.remove_exception,
        name="calendar_exception_remove",
    ),
    path("shifts/", shifts.show, name="shifts"),
    path("shifts/copy/", shifts.copy, name="shifts_copy"),
    path("shifts/<uuid:shift_id>/remove/", shifts.remove, name="shift_remove"),
    path("rates/", rates.show, name="rates"),
    path("rates/file/", rates.take_in_file, name="rates_file"),
    path("rates/remove/", rates.remove, name="rate_remove"),
    path("goals/", goals.show, name="goals"),
    path("goals/new/", goals.add, name="goal_add"),
    path("goals/<uuid:goal_id>/", goals.edit, name="goal"),
    path("goals/<uuid:goal_id>/close/", goals.close, name="goal_close"),
    path("causes/", causes.show, name="causes"),
    path("causes/new/", causes.add, name="cause_add"),
    path("causes/<uuid:cause_id>/", causes.rename, name="cause"),
    path("causes/<uuid:cause_id>/close/", causes.close, name="cause_close"),
    path("causes/<uuid:cause_id>/reopen/", causes.reopen, name="cause_reopen"),
]
