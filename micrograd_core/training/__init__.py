"""Training as the blog does it: the tables of its choices, and a run as an endless generator of frozen steps."""
