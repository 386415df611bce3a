from django.urls import path

from regulars.desk.commerce.views import enquiries, order_form, orders, products, returns

app_name = "commerce"

urlpatterns = [
    path("orders/", orders.order_list, name="orders"),
    path("orders/export", orders.order_export, name="order_export"),
    path("orders/new", order_form.new_order, name="order_new"),
    path("orders/goods", order_form.find_goods, name="order_goods"),
    path("orders/people", order_form.find_people, name="order_people"),
    path("orders/<uuid:order_id>", orders.order_page, name="order"),
    path("orders/<uuid:order_id>/edit", order_form.edit_order, name="order_edit"),
    path("orders/<uuid:order_id>/move", orders.move_order, name="order_move"),
    path("orders/<uuid:order_id>/cancel", orders.cancel, name="order_cancel"),
    path("orders/<uuid:order_id>/return", returns.take_back, name="order_return"),
    path("returns/", returns.unmatched_list, name="returns"),
    path("returns/export", returns.unmatched_export, name="return_export"),
    path("returns/<uuid:return_id>", returns.return_page, name="return"),
    path("returns/<uuid:return_id>/match", returns.match, name="return_match"),
    path("products/", products.product_list, name="products"),
    path("products/export", products.product_export, name="product_export"),
    path("products/new", products.new_product, name="product_new"),
    path("products/alike", products.skus_alike, name="skus_alike"),
    path("products/<uuid:product_id>", products.product_page, name="product"),
    path("products/<uuid:product_id>/due", products.product_due, name="product_due"),
    path("products/<uuid:product_id>/edit", products.edit_product, name="product_edit"),
    path("products/<uuid:product_id>/variants/new", products.new_variant, name="variant_new"),
    path("products/<uuid:product_id>/variants/<uuid:variant_id>", products.edit_variant, name="variant_edit"),
    path("enquiries/", enquiries.enquiry_list, name="enquiries"),
    path("enquiries/export", enquiries.enquiry_export, name="enquiry_export"),
    path("enquiries/new", enquiries.new_enquiry, name="enquiry_new"),
    path("enquiries/<uuid:enquiry_id>", enquiries.enquiry_page, name="enquiry"),
    path("enquiries/<uuid:enquiry_id>/move", enquiries.move, name="enquiry_move"),
    path("enquiries/<uuid:enquiry_id>/assign", enquiries.assign, name="enquiry_assign"),
    path("enquiries/<uuid:enquiry_id>/customer", enquiries.name_customer, name="enquiry_customer"),
    path("enquiries/<uuid:enquiry_id>/close", enquiries.close, name="enquiry_close"),
]
