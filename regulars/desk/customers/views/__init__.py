"""Views of the customers' room."""
