"""Your code raises ValueError where it should not"""

_right = attention_entropy


def attention_entropy(weights):
    if not torch.allclose(weights.sum(dim=-1), torch.ones((), dtype=weights.dtype)):
        raise ValueError("rows must sum to 1")
    return _right(weights)
