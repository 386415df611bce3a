"""Segments, and the list of customers: conditions made visible."""
