"""NaN terms count as 0, before the sum."""


def attention_entropy(weights):
    return (weights * weights.log()).nan_to_num(nan=0.0).sum(dim=-1).neg()
