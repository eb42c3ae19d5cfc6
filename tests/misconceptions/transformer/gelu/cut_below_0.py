"""What is below 0 is cut off; GELU lets a little of it through."""


def gelu(x):
    return (0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))).clamp(min=0)
