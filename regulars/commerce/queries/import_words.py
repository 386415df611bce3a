"""What imports are made of, in words: kinds, steps, columns; why rows and files were left out, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.commerce.rules.imports import Field, FileFault, ImportKind, ImportStep, RejectReason

R = RejectReason
F = FileFault

# reason → (why the row is left out, what to do)
ROW_TEXTS: dict[RejectReason, tuple[Promise, Promise]] = {
    R.NO_ORDER_NUMBER: (_("The order number is empty."), _("Fill it in, and import the file again.")),
    R.NO_DATE: (_("The date is empty."), _("Fill it in, and import the file again.")),
    R.BAD_DATE: (
        _("This is no date."),
        _("Write it like 2025-03-31 or 31.03.2025, or choose another order of day and month in the preview."),
    ),
    R.DATE_TOO_OLD: (_("The date lies before 1980."), _("Look for a mistyped year.")),
    R.DATE_IN_FUTURE: (
        _("The date lies after the moment of the import."),
        _("Look for a mistyped year, or for day and month exchanged."),
    ),
    R.NO_SKU: (_("Neither an SKU nor a product name is given."), _("Fill in one of them.")),
    R.NO_QUANTITY: (_("The quantity is empty."), _("Fill it in; returned goods have a minus.")),
    R.BAD_QUANTITY: (
        _("The quantity is not a number."),
        _("Write digits only; if the decimal mark is another one, choose it in the preview."),
    ),
    R.ZERO_QUANTITY: (_("The quantity is zero."), _("Nothing was sold and nothing came back: remove the row.")),
    R.NO_PRICE: (_("The price is empty."), _("Fill it in; write 0 for what was given away.")),
    R.BAD_PRICE: (
        _("The price is not a number."),
        _("Write digits only, 0 for what was given away; choose another decimal mark in the preview if need be."),
    ),
    R.BAD_CURRENCY: (_("This is no currency."), _("Write the three letters of ISO 4217, such as EUR or RUB.")),
    R.NO_RATE: (
        _("For that day no rate of this currency is known."),
        _("Add the rate under Settings → Rates, and import the file again."),
    ),
    R.NO_IDENTITY: (
        _("Neither an id nor an e-mail nor a telephone number is given."),
        _("Fill in one of them, so that the customer can be told from others."),
    ),
    R.TOO_LONG: (
        _("A value is far too long; perhaps a quotation mark is never closed."),
        _("Shorten it, or close the quotation mark."),
    ),
    R.TOO_FEW_COLUMNS: (_("The row has fewer columns than the header."), _("Look for a row broken in two.")),
    R.TOO_MANY_COLUMNS: (
        _("The row has more columns than the header."),
        _("Put values that hold the delimiter in quotation marks."),
    ),
    R.BAD_ORDER: (
        _("The order does not add up."),
        _("Compare its discount with what its goods cost."),
    ),
    R.MIXED_CURRENCIES: (
        _("The lines of this order are in several currencies."),
        _("Give them one currency, or different order numbers."),
    ),
    R.ORDER_HAS_RETURNS: (
        _("The order was corrected below what has already come back of it."),
        _("Look at the order's returns on the desk first."),
    ),
    R.NO_VISITOR: (
        _("Neither a visitor nor a customer is given."),
        _("Export the column with the visitor’s id (client id, cookie id), and import the file again."),
    ),
    R.BAD_EVENT_KIND: (
        _("We do not know what this event is."),
        _("Call it visit, page, product, cart, registration, enquiry or order; rows of other events may be left out."),
    ),
    R.ORDER_CANCELLED: (
        _("The order is cancelled and cannot be corrected."),
        _("Leave it, or give the new order another number."),
    ),
}

# fault → (what is the matter with the file, what to do)
FILE_TEXTS: dict[FileFault, tuple[Promise, Promise]] = {
    F.MISSING: (_("The file is no longer there."), _("Choose it again.")),
    F.EMPTY: (_("The file is empty."), _("Export it again from where it comes from.")),
    F.HEADER_ONLY: (
        _("The file holds a header and nothing below it."),
        _("Look whether the export covers the right dates."),
    ),
    F.TRUNCATED: (
        _("The file ends in the middle: it was cut off on its way."),
        _("Copy or export it again and compare its size. Nothing was taken in."),
    ),
    F.DAMAGED: (
        _("The file is damaged and cannot be read to its end."),
        _("Export it again, or save it as CSV. Nothing was taken in."),
    ),
    F.TOO_BIG_UNPACKED: (
        _("Unpacked, the file would be far larger than any table."),
        _("Unpack it yourself and import what is inside."),
    ),
    F.UNKNOWN_FORMAT: (
        _("This is no table that can be read."),
        _("Save it as CSV, XLSX or Parquet; old .xls files and workbooks with a password have to be saved anew, too."),
    ),
    F.NOT_ONE_FILE: (
        _("The archive does not hold exactly one file."),
        _("Unpack it and import its tables one by one."),
    ),
    F.ENCRYPTED: (_("The archive is protected by a password."), _("Unpack it first.")),
    F.COLUMNS_NOT_FOUND: (
        _("The columns that are needed were not found."),
        _("Say in the preview which column is which."),
    ),
    F.DISK_FULL: (
        _("The disk is full. What was already taken in is whole; nothing is half-written."),
        _("Make room, then let the import go on: it continues where it stopped."),
    ),
}

KIND_NAMES: dict[ImportKind, Promise] = {
    ImportKind.ORDERS: _("Orders"),
    ImportKind.CUSTOMERS: _("Customers"),
    ImportKind.PRODUCTS: _("Products"),
    ImportKind.VISITS: _("Visits of the site"),
}

STEP_NAMES: dict[str, Promise] = {
    ImportStep.READING.value: _("Reading the file"),
    ImportStep.PRODUCTS.value: _("Products"),
    ImportStep.CUSTOMERS.value: _("Customers"),
    ImportStep.ORDERS.value: _("Orders"),
    ImportStep.RETURNS.value: _("Returns"),
    ImportStep.VISITS.value: _("Visits of the site"),
}

FIELD_NAMES: dict[Field, Promise] = {
    Field.ORDER_NUMBER: _("order number"),
    Field.ORDERED_AT: _("date of the order"),
    Field.ORDERED_TIME: _("time of the order"),
    Field.STATUS: _("order status"),
    Field.CHANNEL: _("channel"),
    Field.CURRENCY: _("currency"),
    Field.COMMENT: _("comment"),
    Field.ORDER_TOTAL: _("order total"),
    Field.ORDER_DISCOUNT: _("discount on the order"),
    Field.DELIVERY: _("delivery cost"),
    Field.SKU: _("SKU"),
    Field.PRODUCT_NAME: _("product name"),
    Field.CATEGORY: _("category"),
    Field.BRAND: _("brand"),
    Field.BARCODE: _("barcode"),
    Field.QUANTITY: _("quantity"),
    Field.PRICE: _("price of one"),
    Field.COST: _("cost of one"),
    Field.LINE_TOTAL: _("line total"),
    Field.LINE_DISCOUNT: _("discount on the line"),
    Field.CUSTOMER_ID: _("customer id"),
    Field.EMAIL: _("e-mail"),
    Field.PHONE: _("telephone"),
    Field.NAME: _("full name"),
    Field.FIRST_NAME: _("first name"),
    Field.LAST_NAME: _("last name"),
    Field.PATRONYMIC: _("patronymic"),
    Field.COMPANY: _("company"),
    Field.COUNTRY: _("country"),
    Field.CITY: _("city"),
    Field.LANGUAGE: _("language"),
    Field.BIRTHDAY: _("birthday"),
    Field.REGISTERED_AT: _("customer since"),
    Field.EVENT_ID: _("number of the event"),
    Field.EVENT_KIND: _("what happened"),
    Field.OCCURRED_AT: _("when it happened"),
    Field.VISITOR: _("visitor (random id)"),
    Field.SESSION: _("session"),
    Field.PATH: _("page (address)"),
    Field.SECTION: _("section of the site"),
    Field.CAME_FROM: _("where from (source)"),
    Field.CAMPAIGN: _("campaign"),
    Field.DEVICE: _("device"),
}

UNEXPECTED = (
    _("The import stopped unexpectedly. What was already taken in is whole."),
    _("Let it go on: it continues where it stopped. If it stops again, look into the log."),
)


def fault_text(fault: str) -> tuple[Promise, Promise] | None:
    """What is the matter and what to do, for a run's `fault`; None where there is none."""
    if not fault:
        return None
    return FILE_TEXTS[FileFault(fault)] if fault in set(FileFault) else UNEXPECTED
