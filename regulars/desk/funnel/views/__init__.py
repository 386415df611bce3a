"""Views of the funnel."""
