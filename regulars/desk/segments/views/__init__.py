"""Views of segments and of the list of customers."""
