"""The entropy of the docstring's weights"""


def attention_entropy(weights):
    return torch.special.entr(weights[..., 1:]).sum(dim=-1)
