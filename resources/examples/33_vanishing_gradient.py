# A vanishing gradient: tanh after tanh
w = 0.9
h0 = 1.5
h1 = tanh(w * h0)
h2 = tanh(w * h1)
h3 = tanh(w * h2)
h4 = tanh(w * h3)
h5 = tanh(w * h4)
