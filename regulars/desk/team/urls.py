from django.urls import path

from regulars.desk.team import views

app_name = "team"
urlpatterns = [
    path("", views.team, name="list"),
    path("roles/", views.roles, name="roles"),
    path("invite/", views.invite, name="invite"),
    path("<uuid:staff_id>/role/", views.change_role, name="change_role"),
    path("<uuid:staff_id>/link/", views.new_link, name="new_link"),
    path("<uuid:staff_id>/close/", views.close, name="close"),
    path("<uuid:staff_id>/reopen/", views.reopen, name="reopen"),
]
