"""The weights are given; the average that they make is asked for."""


def similarity_attention(x):
    scores = x @ x.mT
    return safe_softmax(scores)
