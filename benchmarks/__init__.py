"""Ours against peers, measured on one machine in one run. `make bench-import` and the like."""
