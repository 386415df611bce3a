"""The only writers of segments and findings."""
