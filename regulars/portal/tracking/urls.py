"""Where sites send what their visitors do, and where they get the script from."""

from django.urls import path

from regulars.portal.tracking import views

app_name = "tracking"
urlpatterns = [
    path("", views.take, name="take"),
    path("visits.js", views.script, name="script"),
]
