"""The constant 0.044715 is another one."""


def gelu(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044 * x**3)))
