"""Pages of who comes back and what is to be expected."""
