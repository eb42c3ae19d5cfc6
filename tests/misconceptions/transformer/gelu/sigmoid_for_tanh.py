"""There is a sigmoid in place of tanh."""


def gelu(x):
    return 0.5 * x * (1 + torch.sigmoid(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
