# The blog's Neuron(4) with random weights
random.seed(14)
n = Neuron(4)
y = n([1.0, 2.0, 3.0, 4.0])
y.backward()
print([p.grad for p in n.parameters()])
