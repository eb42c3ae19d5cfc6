"""Small weights are left out; all count."""


def attention_entropy(weights):
    return torch.special.entr(weights.masked_fill(weights < weights.amax(dim=-1, keepdim=True) / 100, 0)).sum(dim=-1)
