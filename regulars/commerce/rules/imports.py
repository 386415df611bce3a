"""Kinds and states of import runs."""

from enum import StrEnum


class ImportKind(StrEnum):
    ORDERS = "orders"
    CUSTOMERS = "customers"
    PRODUCTS = "products"


class ImportState(StrEnum):
    UPLOADED = "uploaded"
    READY = "ready"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    DONE = "done"
    FAILED = "failed"
