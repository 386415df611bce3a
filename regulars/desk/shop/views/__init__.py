"""Pages of the organisation's settings, one module for each of its nouns."""
