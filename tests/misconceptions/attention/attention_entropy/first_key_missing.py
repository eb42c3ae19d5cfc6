"""The first key is left out; all count."""


def attention_entropy(weights):
    return torch.special.entr(weights[..., 1:]).sum(dim=-1)
