"""The 1 stands inside tanh; it is added outside."""


def gelu(x):
    return 0.5 * x * torch.tanh(1 + math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))
