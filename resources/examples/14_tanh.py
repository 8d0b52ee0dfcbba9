# tanh and its slope
a = Value(2.0, label="a")
b = a.tanh()
b.backward()
print(a.grad)
