"""The training tab: a network that learns in a child process, and the plots that show it."""
