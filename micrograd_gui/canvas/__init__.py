"""The graph one looks at: cards, edges and the view on them."""
