"""The mask is applied after the softmax, so rows sum to less than 1."""


def attend(q, k, v, mask=None):
    attention_weights(attention_scores(q, k), mask)
    weights = attention_weights(attention_scores(q, k))
    return (weights if mask is None else weights * mask) @ v
