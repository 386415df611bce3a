"""Pure decisions of insight: summaries as Ibis expressions, small models in numpy."""
