"""A query that may look at nothing gets NaN; it must get zeros."""

also = ("The gradient is NaN; NaN that is replaced afterwards still stands in the gradient.",)


def attend(q, k, v, mask=None):
    scores = attention_scores(q, k)
    attention_weights(scores, mask)
    return (scores if mask is None else scores.masked_fill(~mask, -torch.inf)).softmax(dim=-1) @ v
