# ReLU: the positive part
a = Value(2.0, label="a")
b = a.relu()
b.backward()
print(a.grad)
