"""The sum has something added to it, so the weights sum to less than 1."""

also = ("The powers overflow; use safe_softmax.",)


def attend(q, k, v, mask=None):
    scores = attention_scores(q, k)
    attention_weights(scores, mask)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return scores.exp() / (1 + scores.exp().sum(dim=-1, keepdim=True)) @ v
