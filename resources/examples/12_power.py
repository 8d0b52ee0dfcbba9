# Power: the power rule
a = Value(2.0, label="a")
b = a**2.0
