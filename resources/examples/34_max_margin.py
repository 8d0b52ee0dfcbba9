# The max-margin loss of one point
x = [0.6, 0.4]
y = -1.0
w = [0.8, -0.5]
b = 0.1
score = w[0] * x[0] + w[1] * x[1] + b
loss = (1 - y * score).relu()
