# Subtraction: plus the negative
a = Value(2.0, label="a")
b = Value(3.0, label="b")
c = a - b
