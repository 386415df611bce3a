"""Imports on the desk: bring a file, see what it holds, correct, start, watch, look at the outcome."""
