"""Tools: the work of single commands beside the main path."""
