"""Controls and styles that several rooms use."""
