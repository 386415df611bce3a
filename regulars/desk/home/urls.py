"""The first page."""

from django.urls import path

from regulars.desk.home import evening, plans, views

app_name = "home"
urlpatterns = [
    path("", views.today, name="today"),
    path("working/", views.working, name="working"),
    path("today/plan/", plans.plan, name="plan"),
    path("today/plan/days/", plans.days, name="plan_days"),
    path("today/evening/", evening.history, name="evenings"),
    path("today/evening/<uuid:sign_off_id>/undo/", evening.undo, name="evening_undo"),
    path("today/evening/<uuid:store_id>/<str:on_date>/", evening.sign, name="evening"),
]
