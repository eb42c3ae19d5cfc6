"""The averages of the docstring's X"""


def similarity_attention(x):
    scores = x @ x.mT
    weights = safe_softmax(scores)
    return (weights + weights.mT) / 2 @ x
