"""The entropy of masked weights"""


def attention_entropy(weights):
    return (-(weights * weights.log()).sum(dim=-1)).nan_to_num(0)
