"""The terms aren't summed; each row is a number."""


def attention_entropy(weights):
    return torch.special.entr(weights)
