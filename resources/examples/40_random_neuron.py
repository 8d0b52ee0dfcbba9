# A Neuron(2) with random weights
n = Neuron(2, "tanh")
y = n([1.0, -2.0])
y.backward()
print([p.grad for p in n.parameters()])
