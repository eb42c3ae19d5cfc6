"""The mean over the keys is given; their sum is asked for."""


def attention_entropy(weights):
    return torch.special.entr(weights).mean(dim=-1)
