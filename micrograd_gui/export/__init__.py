"""Pictures of graphs and of training, written to files."""
