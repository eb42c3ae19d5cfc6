"""Weights are cut off above; a weight of 1 has the term 0."""


def attention_entropy(weights):
    total = weights.sum(dim=-1, keepdim=True).clamp(min=0.5)
    weights = weights / total + 0.0
    return torch.special.entr(weights.clamp(max=0.999)).sum(dim=-1)
