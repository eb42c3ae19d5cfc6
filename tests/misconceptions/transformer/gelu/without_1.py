"""The 1 is left out or taken away."""


def gelu(x):
    return 0.5 * x * (torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
