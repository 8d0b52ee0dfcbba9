"""A desktop program in which backpropagation can be watched, stepped through and understood."""
