from django.urls import path

from regulars.desk.system import views

app_name = "system"
urlpatterns = [
    path("stuck/", views.dead_letters, name="dead_letters"),
    path("stuck/again/", views.send_again, name="send_again"),
    path("stuck/discard/", views.discard, name="discard"),
    path("stuck/resume/", views.resume_outward, name="resume_outward"),
    path("audit/", views.audit_trail, name="audit"),
]
