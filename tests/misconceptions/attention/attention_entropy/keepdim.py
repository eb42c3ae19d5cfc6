"""The keys' dimension is kept; each row is a number."""


def attention_entropy(weights):
    return torch.special.entr(weights).sum(dim=-1, keepdim=True)
