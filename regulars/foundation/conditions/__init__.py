"""The condition language: one JSON form for segments, filters and exports. See docs/conditions.md."""
