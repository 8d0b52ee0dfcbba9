"""Training as in the blog: the tables of its choices, and runs as endless generators of frozen steps."""
