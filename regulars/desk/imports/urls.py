from django.urls import path

from regulars.desk.imports import views

app_name = "imports"

urlpatterns = [
    path("", views.run_list, name="list"),
    path("upload", views.upload, name="upload"),
    path("<uuid:run_id>", views.run_page, name="run"),
    path("<uuid:run_id>/progress", views.progress, name="progress"),
    path("<uuid:run_id>/stop", views.stop, name="stop"),
    path("<uuid:run_id>/go-on", views.go_on, name="go_on"),
    path("<uuid:run_id>/remove", views.remove, name="remove"),
    path("<uuid:run_id>/rejects", views.download_rejects, name="rejects"),
]
