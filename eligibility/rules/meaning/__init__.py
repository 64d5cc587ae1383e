"""Tree to rule, a file a chapter of the grammar."""
