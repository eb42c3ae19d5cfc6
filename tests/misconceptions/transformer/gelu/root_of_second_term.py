"""√(2 / π) multiplies the second term only; it multiplies the sum."""


def gelu(x):
    return 0.5 * x * (1 + torch.tanh(x + math.sqrt(2 / math.pi) * 0.044715 * x**3))
