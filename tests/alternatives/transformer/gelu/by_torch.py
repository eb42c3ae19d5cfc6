"""torch's own."""


def gelu(x):
    return torch.nn.functional.gelu(x, approximate="tanh")
