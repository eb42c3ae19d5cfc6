"""The greatest weight is measured; all of them count."""


def attention_entropy(weights):
    return -weights.amax(dim=-1).log()
