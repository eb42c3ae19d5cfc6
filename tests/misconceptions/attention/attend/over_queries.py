"""The softmax runs over the queries; it runs over the keys."""


def attend(q, k, v, mask=None):
    scores = attention_scores(q, k)
    if mask is not None:
        attention_weights(scores, mask)
        scores = scores.masked_fill(~mask, -torch.inf)
    return safe_softmax(scores, -2) @ v
