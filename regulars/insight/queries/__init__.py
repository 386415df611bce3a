"""Readers of analysis runs and of the rules of stages."""
