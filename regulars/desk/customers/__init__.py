"""The room of one customer: his page, his changes, his doubles, his rights."""
