"""The entropy of the docstring's weights"""


def attention_entropy(weights):
    even = torch.full_like(weights, 1 / weights.shape[-1])
    return -(weights * even.log()).sum(dim=-1)
