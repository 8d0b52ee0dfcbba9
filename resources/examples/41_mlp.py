# An MLP(2, [4, 4, 1])
random.seed(14)
m = MLP(2, [4, 4, 1])
x = [1.0, 2.0]
y = m(x)
