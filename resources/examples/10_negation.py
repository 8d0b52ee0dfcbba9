# Negation: times −1
a = Value(2.0, label="a")
b = -a
