"""Pictures of the graph, written to files."""
