"""Pages of the economics, one module for each of their nouns."""
