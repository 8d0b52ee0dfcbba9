"""The graph tab: the session of one program, its computation graph, and the panels around it."""
