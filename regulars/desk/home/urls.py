"""The first page."""

from django.urls import path

from regulars.desk.home import views

app_name = "home"
urlpatterns = [
    path("", views.today, name="today"),
    path("working/", views.working, name="working"),
]
