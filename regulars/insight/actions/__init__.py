"""The only writers of analysis runs, of their folders, and of the rules of stages."""
