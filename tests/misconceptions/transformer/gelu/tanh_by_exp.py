"""Large numbers give NaN or infinity; tanh of them is 1 or -1."""


def gelu(x):
    a = 2 * math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    return 0.5 * x * (1 + (a.exp() - 1) / (a.exp() + 1))
