"""Readers of segments and findings, named for what they return."""
