# Sigmoid, step by step
x = 0.5
w = 2.0
b = -1.5
z = w * x + b
y = 1 / (1 + exp(-z))
