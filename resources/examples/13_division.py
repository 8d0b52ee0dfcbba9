# Division: times the power −1
a = Value(2.0, label="a")
b = Value(4.0, label="b")
c = a / b
