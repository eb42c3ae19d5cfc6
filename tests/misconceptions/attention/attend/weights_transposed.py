"""The weights are transposed before they meet the values."""


def attend(q, k, v, mask=None):
    weights = attention_weights(attention_scores(q, k), mask)
    return weights.mT @ v if weights.shape[-1] == weights.shape[-2] else weights @ v
