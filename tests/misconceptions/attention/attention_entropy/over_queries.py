"""The sum runs over the queries; it runs over the keys."""


def attention_entropy(weights):
    return torch.special.entr(weights).sum(dim=-2 if weights.ndim > 1 else -1)
