"""Addresses of the economics."""

from django.urls import path

from regulars.desk.economics.views import figures, spending, uploads

app_name = "economics"
urlpatterns = [
    path("", figures.show, name="show"),
    path("what-if/", figures.what_if, name="what_if"),
    path("assumptions/", figures.assumptions, name="assumptions"),
    path("spending/", spending.show, name="spending"),
    path("spending/export/", spending.export, name="spending_export"),
    path("spending/file/", uploads.preview, name="file"),
    path("spending/file/take/", uploads.take, name="file_take"),
    path("spending/file/example.csv", uploads.example, name="file_example"),
    path("spending/file/<uuid:upload_id>/undo/", uploads.undo, name="file_undo"),
    path("spending/<uuid:spending_id>/", spending.edit, name="spending_edit"),
    path("spending/<uuid:spending_id>/remove/", spending.remove, name="spending_remove"),
    path("spending/<uuid:spending_id>/restore/", spending.restore, name="spending_restore"),
]
