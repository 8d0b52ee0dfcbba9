# a + a: one value used twice
a = Value(3.0)
b = a + a
b.backward()
print(a.grad)
