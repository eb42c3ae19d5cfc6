"""Something is added inside the logarithm, or weights are cut off below; 0 ln 0 counts as 0 without it."""


def attention_entropy(weights):
    return -(weights * (weights + 1e-6).log()).sum(dim=-1)
