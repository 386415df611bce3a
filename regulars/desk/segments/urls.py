from django.urls import path

from regulars.desk.segments.views import conditions, segments

app_name = "segments"
urlpatterns = [
    path("", segments.segment_list, name="list"),
    path("new/", segments.new, name="new"),
    path("words/", conditions.words, name="words"),
    path("preview/", conditions.preview, name="preview"),
    path("<uuid:segment_id>/", segments.members, name="segment"),
    path("<uuid:segment_id>/history/", segments.history, name="history"),
    path("<uuid:segment_id>/versions/", segments.versions, name="versions"),
    path("<uuid:segment_id>/change/", segments.change, name="change"),
    path("<uuid:segment_id>/close/", segments.close, name="close"),
    path("<uuid:segment_id>/reopen/", segments.reopen, name="reopen"),
    path("<uuid:segment_id>/export/", segments.export, name="export"),
]
