"""The weights are made symmetric; that of (i, j) is not that of (j, i)."""


def similarity_attention(x):
    scores = x @ x.mT
    weights = safe_softmax(scores)
    return (weights + weights.mT) / 2 @ x
