"""What the visualiser knows: frozen data and pure functions, without Qt."""
