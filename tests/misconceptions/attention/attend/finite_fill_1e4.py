"""Masked scores are set to a finite number, which other scores may lie below."""

also = ("A query that may look at nothing gets the mean of all values; it must get zeros.",)


def attend(q, k, v, mask=None):
    scores = attention_scores(q, k)
    attention_weights(scores, mask)
    return safe_softmax(scores if mask is None else scores.masked_fill(~mask, -1e4)) @ v
