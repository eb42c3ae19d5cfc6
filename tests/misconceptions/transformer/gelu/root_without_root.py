"""The constant √(2 / π) is another one."""


def gelu(x):
    return 0.5 * x * (1 + torch.tanh(2 / math.pi * (x + 0.044715 * x**3)))
