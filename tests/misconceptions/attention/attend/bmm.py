"""It raises an error for another number of leading dimensions, or of queries than keys."""


def attend(q, k, v, mask=None):
    weights = attention_weights(attention_scores(q, k), mask)
    return torch.bmm(weights, v)
