# Log-sum-exp: its gradients are the softmax
a = 1.0
b = 2.0
c = 0.5
y = log(exp(a) + exp(b) + exp(c))
