"""The logarithms aren't weighted; each counts with its p."""


def attention_entropy(weights):
    return -weights.log().masked_fill(weights == 0, 0).sum(dim=-1)
