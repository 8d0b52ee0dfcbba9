# (3c)²: what a second backward() adds
c = Value(2.0)
d = 3 * c
e = d**2
e.backward()
print(c.grad)
e.backward()
print(c.grad)
