# Softplus: a smooth ReLU
x = 0.5
y = log(1 + exp(x))
