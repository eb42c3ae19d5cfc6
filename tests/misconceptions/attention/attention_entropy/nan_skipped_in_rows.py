"""A row that holds a weight of 0 is given 0; only the term of that weight is 0."""


def attention_entropy(weights):
    return (-(weights * weights.log()).sum(dim=-1)).nan_to_num(0)
