"""x times a sigmoid, which is the same."""


def gelu(x):
    return x * torch.sigmoid(math.sqrt(8 / math.pi) * (x + 0.044715 * x.pow(3)))
