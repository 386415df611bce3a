"""Associations: one thing leads to another by way of a need; tried, measured, kept or dropped."""
