"""Addresses of the associations."""

from django.urls import path

from regulars.desk.associations import views

app_name = "associations"
urlpatterns = [
    path("", views.board, name="board"),
    path("new/", views.add, name="add"),
    path("goods/", views.find_goods, name="goods"),
    path("take-over/", views.take_over, name="take_over"),
    path("<uuid:association_id>/<str:move>/", views.move, name="move"),
]
