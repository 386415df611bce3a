from django.urls import path

from regulars.desk.customers.views import edit, merging, page, privacy
from regulars.desk.segments.views import customers as listing

app_name = "customers"
urlpatterns = [
    path("", listing.customer_list, name="list"),
    path("count/", listing.customer_count, name="count"),
    path("export/", listing.customer_export, name="export_list"),
    path("new/", page.new, name="new"),
    path("new/alike/", page.alike, name="alike"),
    path("duplicates/", merging.duplicates, name="duplicates"),
    path("duplicates/not-the-same/", merging.not_the_same, name="not_the_same"),
    path("<uuid:customer_id>/", page.customer, name="customer"),
    path("<uuid:customer_id>/profile/", edit.profile, name="profile"),
    path("<uuid:customer_id>/contacts/", edit.add_contact, name="add_contact"),
    path("<uuid:customer_id>/contacts/<uuid:contact_id>/<slug:verb>/", edit.change_contact, name="change_contact"),
    path("<uuid:customer_id>/tags/", edit.tags, name="tags"),
    path("<uuid:customer_id>/notes/", edit.note, name="note"),
    path("<uuid:customer_id>/dates/", edit.add_date, name="add_date"),
    path("<uuid:customer_id>/dates/<int:place>/remove/", edit.remove_date, name="remove_date"),
    path("<uuid:customer_id>/consents/", edit.consent, name="consent"),
    path("<uuid:customer_id>/household/", edit.join_household, name="join_household"),
    path("<uuid:customer_id>/household/leave/", edit.leave_household, name="leave_household"),
    path("<uuid:customer_id>/merge/", merging.choose, name="choose"),
    path("<uuid:customer_id>/merge/<uuid:other_id>/", merging.merge, name="merge"),
    path("<uuid:customer_id>/merges/<uuid:merge_id>/undo/", merging.undo, name="undo_merge"),
    path("<uuid:customer_id>/export/", privacy.export, name="export"),
    path("<uuid:customer_id>/erase/", privacy.erase, name="erase"),
]
