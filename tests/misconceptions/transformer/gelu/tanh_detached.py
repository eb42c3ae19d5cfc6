"""The values are right and their gradient is not: something on the way is detached or left out of the graph."""


def gelu(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)).detach())
