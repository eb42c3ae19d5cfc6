"""The weights of the first text are used for all."""


def attend(q, k, v, mask=None):
    weights = attention_weights(attention_scores(q, k), mask)
    return weights[:1] @ v if q.ndim > 2 else weights @ v
