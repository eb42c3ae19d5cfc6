"""The scores are scaled wrongly; they are divided by the root of the width once."""


def attend(q, k, v, mask=None):
    scores = attention_scores(q, k)
    return attention_weights(scores / q.shape[-1] ** 0.5, mask) @ v
