"""The entropy of the docstring's weights"""

also = ("All rows are summed; each has its own number.",)


def attention_entropy(weights):
    seen = weights > 0
    return -(weights[seen] * weights[seen].log()).sum() * torch.ones(weights.shape[:-1], dtype=weights.dtype)
