"""That is the form with erf; the form with tanh is asked for."""


def gelu(x):
    return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))
